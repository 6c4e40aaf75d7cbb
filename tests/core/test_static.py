"""What is sent to browsers: vendored files are unchanged, everything is small, nothing breaks the content security policy."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from app.core.theme import PRESETS, theme_css

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
PUBLIC = ("css/page.css", "js/live.js", "vendor/htmx.min.js", "vendor/hx-sse.min.js")
STYLES_LIMIT = 5 * 1024
# A first visit may take 30 KB; 7 KB of that are kept for the page itself and its headers.
ASSETS_LIMIT = 23 * 1024


def size(path: str) -> int:
    return len(gzip.compress((STATIC / path).read_bytes(), 9))


def vendored() -> list[tuple[str, str]]:
    rows = re.findall(
        r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$",
        (STATIC / "vendor/VERSIONS.md").read_text(),
        re.MULTILINE,
    )
    return [(name, digest) for name, digest in rows]


@pytest.mark.parametrize(("name", "digest"), vendored())
def test_vendored_files_are_what_was_published(name: str, digest: str) -> None:
    assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest


def test_every_vendored_file_is_listed() -> None:
    assert {name for name, _ in vendored()} == {
        path.name for path in (STATIC / "vendor").glob("*.js")
    }


def test_the_public_page_is_light() -> None:
    theme = max(len(gzip.compress(theme_css(preset).encode(), 9)) for preset in PRESETS.values())
    assert size("css/page.css") < STYLES_LIMIT
    assert sum(size(path) for path in PUBLIC) + theme < ASSETS_LIMIT


# Mail programs know no stylesheets, so styles stand inline in mails and nowhere else.
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|hx-on|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing_more(path: Path) -> None:
    assert not re.search(r"url\(|@import", path.read_text())
