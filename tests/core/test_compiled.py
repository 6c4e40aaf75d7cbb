"""Compiled templates are kept for the next process, and never instead of what the template says now."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, FileSystemBytecodeCache

from app.core.compiled import kept_bytecode

CODE = Path(__file__)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def render(text: str, *made_by: Path) -> str:
    cache = kept_bytecode(*made_by)
    environment = Environment(
        loader=DictLoader({"page": text}), autoescape=True, bytecode_cache=cache
    )
    return environment.get_template("page").render(name="Ada")


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/mayfly-*.cache"))


def test_the_next_process_finds_what_was_compiled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert render("Hello {{ name }}", CODE) == "Hello Ada"
    (kept,) = files(folder)
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(Environment, "compile", None)  # whoever compiles now, fails
    assert render("Hello {{ name }}", CODE) == "Hello Ada"


def test_a_changed_template_and_changed_code_are_compiled_anew(
    folder: Path, tmp_path: Path
) -> None:
    render("Hello {{ name }}", CODE)
    assert render("Bye {{ name }}", CODE) == "Bye Ada"
    other = tmp_path / "rendering.py"
    other.write_text("# another version")
    render("Bye {{ name }}", other)
    assert len(files(folder)) == 2


def test_a_broken_file_is_as_good_as_none(folder: Path) -> None:
    render("Hello {{ name }}", CODE)
    for content in (b"", b"nonsense", files(folder)[0].read_bytes()[:-9]):
        files(folder)[0].write_bytes(content)
        assert render("Hello {{ name }}", CODE) == "Hello Ada"


def test_where_nothing_can_be_kept_pages_are_rendered_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = kept_bytecode(CODE)
    assert isinstance(cache, FileSystemBytecodeCache)
    Path(cache.directory).rmdir()
    environment = Environment(loader=DictLoader({"page": "x"}), autoescape=True)
    environment.bytecode_cache = cache
    assert environment.get_template("page").render() == "x"
    monkeypatch.setattr("tempfile.tempdir", str(folder / "missing"))
    assert kept_bytecode(CODE) is None
