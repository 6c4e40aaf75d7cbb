"""SECURITY.md says what is defended and where: each attack of the list is in it, and what it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "SECURITY.md").read_text()
# Each has to have code that holds it off, and a test that tries it.
ATTACKS = (
    "scripts in pages", "clickjacking", "forged forms", "session fixation", "open redirects", "requests by the server (SSRF)",
    "mass assignment", "other people's things (IDOR)", "headers in mails", "zip bombs", "image bombs", "CSV injection",
    "lost and leaked keys", "one client that stops the server", "deeply nested input", "being led away unawares",
    "old exports", "strangers' orders", "live streams after logout",
    "accounts with a stranger's address", "accounts made beforehand",
)  # fmt: skip


def _rows() -> dict[str, list[str]]:
    """The table's cells, by what is defended against."""
    lines = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    return {cells[0]: cells for cells in lines if len(cells) == 4}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_its_code_and_its_test(attack: str) -> None:
    _what, how, code, tests = _rows()[attack]
    assert how
    assert re.findall(r"`(app/[\w/.]+)`", code)
    for path in re.findall(r"`(tests/[\w/.]+)`", tests) or [""]:
        assert re.search(r"def test_", (ROOT / path).read_text()), path


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:app|tests|docs|static)/[\w/.]+)`", TEXT)
    assert len(named) > 50
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_setting_that_is_named_is_there() -> None:
    from app.core.settings import Settings

    known = {f"MAYFLY_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"MAYFLY_[A-Z_0-9]+", TEXT)) <= known


def test_what_is_installed_is_pinned_by_its_hash_and_audited() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = [each for each in re.split(r"\n(?=\S)", lock) if each[0].isalnum()]
    assert len(pinned) > 50
    for each in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", each), each[:80]
        assert "--hash=sha256:" in each, each[:80]
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(
        r"^audit:(.|\n\t)*--strict .*--require-hashes -r requirements\.lock", makefile, re.M
    )
    assert "make audit" in (ROOT / ".github/workflows/audit.yml").read_text()
