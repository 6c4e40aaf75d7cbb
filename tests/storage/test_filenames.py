from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.filenames import (
    MAXIMUM_NAME_BYTES,
    clean_content_type,
    clean_filename,
    content_disposition,
    download_type,
)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("guide.pdf", "guide.pdf"),
        ("C:\\Users\\ann\\guide.pdf", "guide.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ('it\'s "quoted".txt', 'it\'s "quoted".txt'),
        ("Ünïcødé - 日本語 🦋.zip", "Ünïcødé - 日本語 🦋.zip"),
        ("family 👨\u200d👩\u200d👧.png", "family 👨\u200d👩\u200d👧.png"),
        (".hidden", "hidden"),
    ],
)
def test_names_survive_without_what_misleads(sent: str, kept: str) -> None:
    assert clean_filename(sent) == kept


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_filename("ü" * 300 + ".pdf")
    assert name.endswith("ü.pdf")
    assert len(name.encode()) <= MAXIMUM_NAME_BYTES


@given(st.text())
def test_any_name_is_safe_in_a_header(name: str) -> None:
    kept = clean_filename(name)
    assert kept
    assert len(kept.encode()) <= MAXIMUM_NAME_BYTES
    assert "/" not in kept
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert clean_filename(kept) == kept


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("日本.pdf", "download.pdf"),
        ("Отчёт.xlsx", "download.xlsx"),
        ("日本 2026.tar.gz", "2026.tar.gz"),
        ("日本", "download"),
        ("🦋.日本", "download"),
        ("كتاب (1).epub", "(1).epub"),
        ("Größe.pdf", "Groe.pdf"),
        ("guide.pdf", "guide.pdf"),
        ("file", "file"),
    ],
)
def test_the_plain_form_is_a_name_that_says_what_it_is(name: str, plain: str) -> None:
    header = content_disposition(name)
    assert f'filename="{plain}"' in header
    assert f"filename*=UTF-8''{quote(name, safe='!#$&+-.^_`|~')}" in header


def test_both_forms_of_the_name() -> None:
    assert (
        content_disposition('Größe "x".pdf')
        == "attachment; filename=\"Groe _x_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22x%22.pdf"
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("image/PNG", "image/png"),
        ("text/html; charset=utf-8", "text/html"),
        ("", "application/octet-stream"),
        ("nonsense", None),
        ("a/b/c", None),
        ("text/html\r\nx: y", None),
    ],
)
def test_content_types(sent: str, kept: str | None) -> None:
    assert clean_content_type(sent) == kept


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "bad"]
)
def test_what_a_browser_would_run_is_sent_as_bytes(kind: str) -> None:
    assert download_type(kind) == "application/octet-stream"


def test_other_types_stay() -> None:
    assert download_type("application/pdf") == "application/pdf"
