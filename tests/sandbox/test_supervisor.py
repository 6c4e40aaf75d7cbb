import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.sandbox.data_folder import DataFolder
from app.sandbox.errors import SandboxError
from app.sandbox.process import Child, free_port
from app.sandbox.secrets_file import load_secrets
from app.sandbox.supervisor import MOST_DEATHS, Program, Supervisor
from tests.support.patience import PATIENCE_SECONDS


def program(log: Path, *command: str) -> Program:
    return Program("The sleeper", lambda: Child(command), log)


def in_background(supervisor: Supervisor) -> threading.Thread:
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    return thread


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_dies_is_started_again_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    sleeper = program(tmp_path / "log", "sleep", "60")
    supervisor.add(sleeper)
    assert sleeper.child
    first = sleeper.child.pid
    # A thread that ends takes along the children it started, so this one uses the watchdog.
    sleeper.start = lambda: Child(["sleep", "60"], watchdog=True)
    os.kill(first, signal.SIGKILL)
    thread = in_background(supervisor)
    wait(lambda: len(said) == 2)
    supervisor.ask_to_stop()
    thread.join()
    assert "signal SIGKILL" in said[0] and said[1] == "The sleeper runs again"
    assert sleeper.child and sleeper.child.pid != first
    supervisor.stop()
    assert sleeper.child.exit_code() is not None


def test_gives_up_when_it_keeps_dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.supervisor.FIRST_DELAY", 0.01)
    monkeypatch.setattr("app.sandbox.supervisor.LOOK_SECONDS", 0.01)
    supervisor = Supervisor(lambda _: None)
    supervisor.add(program(tmp_path / "sleeper.log", "false"))
    with pytest.raises(SandboxError, match=f"exit code 1.*{MOST_DEATHS} times in a minute.*log"):
        supervisor.watch()
    supervisor.stop()


def test_a_data_folder_has_one_user(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with pytest.raises(SandboxError, match=f"used by another Mayfly .pid {os.getpid()}"):
        DataFolder(tmp_path)
    folder.release()
    assert not DataFolder(tmp_path).was_killed


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="can't be used"):
        DataFolder(tmp_path / "file")


def test_taken_ports_are_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"Port {port} for the mail server"):
            DataFolder(tmp_path).claim_ports({"free": free_port(), "the mail server": port})


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    made = load_secrets(tmp_path)
    assert load_secrets(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(SandboxError, match=r"secrets\.json can't be read"):
        load_secrets(tmp_path)
