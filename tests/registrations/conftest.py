"""Puzzles that take no time, for the tests that are not about them."""

import pytest


@pytest.fixture(autouse=True)
def easy_puzzles(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.registrations import captcha

    monkeypatch.setattr(captcha, "TRIES", 1)
    monkeypatch.setattr(captcha, "ITERATIONS", 1)
