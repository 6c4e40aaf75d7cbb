"""Times that people type: a clock change is asked about, in every form that takes one."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from app.core.forms import FieldError, FormModel
from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.zones import zones

ROOT = Path(__file__).parents[2]
SKIPPED, TWICE = "2031-03-30T02:30", "2031-10-26T02:30"


def test_a_skipped_time_and_one_that_comes_twice_are_asked_about() -> None:
    for text, words in ((SKIPPED, "skip"), (TWICE, "twice")):
        with pytest.raises(FieldError, match=words):
            to_utc("ends", text, "Europe/Berlin")
    for fold, hour in (("first", 0), ("second", 1)):
        moment = to_utc("ends", TWICE, "Europe/Berlin", fold)  # type: ignore[arg-type]
        assert moment and moment.hour == hour
        assert to_local(moment, "Europe/Berlin") == TWICE
        assert fold_of(moment, "Europe/Berlin") == fold
    assert len(zones()) > 300


def form_models() -> Iterator[type[FormModel]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith(("form", "forms")):
            importlib.import_module(module.name)
    waiting: list[type[Any]] = [FormModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        yield model


def test_every_field_for_a_time_says_which_of_two_is_meant() -> None:
    texts = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    named = set(re.findall(r"to_utc\(\s*\"(\w+)\"", texts))
    assert {"expires_at", "use_before", "launch_at"} <= named
    models = list(form_models())
    for name in named:
        having = [model for model in models if name in model.model_fields]
        assert having, name
        for model in having:
            fold = model.model_fields.get(f"{name}_fold")
            assert fold is not None and fold.annotation == Fold, (model, name)


def test_no_other_code_reads_a_local_time() -> None:
    reading = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if "strptime(" in path.read_text() and "sandbox" not in path.parts
    }
    assert reading == {"app/core/local_times.py"}
    asking = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*.html")
        if '"datetime-local"' in path.read_text()
    }
    # The macro that asks, the dialog that asks the same question by itself, and the style guide's plain one.
    assert asking <= {"pages/_moment_field.html", "pages/_dialogs.html", "components/forms.html"}
