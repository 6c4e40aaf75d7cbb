"""`mayfly up` as a person runs it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil

from app.sandbox.process import free_port, port_is_free
from tests.support.patience import PATIENCE_SECONDS

START_SECONDS = 2 * PATIENCE_SECONDS


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    return kept | {"DATA": str(data), "PORT": str(port)}


def six_ports() -> int:
    """A port that is free, as are the five after it."""
    while True:
        port = free_port()
        if port < 65000 and all(port_is_free(port + offset) for offset in range(6)):
            return port


def up(data: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "up"],
        env=environment(data, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def table(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError(process.stderr.read() if process.stderr else "")


def children_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def refused(data: Path, port: int, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "up"],
        env=environment(data, port) | more,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    return not alive


def test_starts_everything_twice_on_the_same_data_and_leaves_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    port = six_ports()
    process = up(tmp_path, port)
    shown = table(process)
    assert f"http://127.0.0.1:{port}\n" in shown and "Demo login" in shown
    for part in ("Postgres", "The database's schema", "The demo data", "The web server"):
        assert re.search(rf"^  {part} +\d+\.\d s$", shown, re.MULTILINE), part
    assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    for offset in (2, 3):
        assert httpx.get(f"http://127.0.0.1:{port + offset}/").status_code == 200
    assert "is used by another Mayfly" in refused(tmp_path, six_ports())
    assert f"Port {port} for the web server is in use" in refused(tmp_path / "other", port)
    children = children_of(process)
    process.send_signal(signal.SIGKILL)
    assert gone(children)
    again = up(tmp_path, port)
    assert "Demo login" in table(again)
    children = children_of(again)
    again.send_signal(signal.SIGINT)
    assert again.wait(PATIENCE_SECONDS) == 0
    assert gone(children)


def test_a_start_can_be_broken_off(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    process = up(tmp_path, six_ports())
    assert process.stdout and "Starting" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    children = children_of(process)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert gone(children)
    assert process.stderr and process.stderr.read() == ""


def test_bad_settings_are_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be used" in refused(tmp_path / "file", 8000)
    assert "PORT must be a number" in refused(tmp_path, 8000, PORT="eighty")
    port = six_ports()
    live = {"MAYFLY_STRIPE_API_KEY": "sk_live_1"}
    assert "is a live key" in refused(tmp_path, port, **live)
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    assert "not a Postgres data folder" in refused(tmp_path, port)


def test_serve_refuses_unsafe_settings(tmp_path: Path) -> None:
    for command in ("serve", "worker"):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", command],
            env=environment(tmp_path, 1),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
        assert done.returncode == 1
        for name in ("MAYFLY_SECRET_KEYS", "MAYFLY_BASE_URL", "MAYFLY_STRIPE_API_KEY"):
            assert name in done.stderr
        assert "Traceback" not in done.stderr
