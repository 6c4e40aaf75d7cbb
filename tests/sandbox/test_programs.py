"""What `make test` does about programs that are missing, as root and as an ordinary user."""

import os
from pathlib import Path

import pytest

from tests.support import programs


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with apt-get and nothing else; the fixture is the list of what apt-get was asked."""
    asked = tmp_path / "asked"
    asked.write_text("")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in {
        "apt-get": f'echo "$@" >> {asked}',
        "apt-cache": "exit 1",
        "env": 'while [ "${1#*=}" != "$1" ]; do shift; done; exec "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("MAYFLY_CHROMIUM", raising=False)
    monkeypatch.setattr(programs, "SERVERS", {"no-such-server": "nginx-light"})
    monkeypatch.setattr(programs, "PLAYWRIGHT", ("/bin/false",))
    return asked


def test_without_rights_it_says_what_is_missing_and_how_to_get_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as refused:
        programs.ensure_programs()
    assert "sudo apt-get install chromium nginx-light" in str(refused.value)
    assert "MAYFLY_CHROMIUM" in str(refused.value)
    assert (
        "Not found: nginx-light. The tests that need them are skipped." in capsys.readouterr().out
    )
    assert bare.read_text() == ""


def test_root_installs_them(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemExit):
        programs.ensure_programs()
    asked = bare.read_text()
    assert "update" in asked and "nginx-light" in asked and "chromium" in asked


def test_a_sudo_that_asks_for_a_password_is_no_right(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    sudo = bare.parent / "bin" / "sudo"
    sudo.write_text("#!/bin/sh\nexit 1\n")
    sudo.chmod(0o755)
    assert programs.rights() is None
    sudo.write_text("#!/bin/sh\nexit 0\n")
    assert programs.rights() == ["sudo", "-n"]


def test_nothing_is_asked_where_all_is_there(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("MAYFLY_CHROMIUM", "/somewhere/chromium")
    monkeypatch.setattr(programs, "SERVERS", {"apt-get": "apt"})
    programs.ensure_programs()
    assert capsys.readouterr().out == "" and bare.read_text() == ""
