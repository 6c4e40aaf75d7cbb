"""What is sealed is opened by every present key, and by nothing else."""

import pytest

from app.core.sealing import is_fresh, seal, unseal
from app.core.settings import get_settings

OLD, NEW = "o" * 40, "n" * 40


def test_keys_rotate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "secret_keys", [OLD])
    sealed = seal("purpose", "a secret")
    assert "secret" not in sealed
    assert is_fresh("purpose", sealed)
    monkeypatch.setattr(get_settings(), "secret_keys", [NEW, OLD])
    assert unseal("purpose", sealed) == "a secret"
    assert not is_fresh("purpose", sealed)
    again = seal("purpose", "a secret")
    monkeypatch.setattr(get_settings(), "secret_keys", [NEW])
    assert unseal("purpose", again) == "a secret"
    assert unseal("purpose", sealed) is None


def test_nothing_else_opens_it() -> None:
    sealed = seal("purpose", "a secret")
    assert unseal("another purpose", sealed) is None
    assert unseal("purpose", sealed[:-2] + "AA") is None
    assert unseal("purpose", "nonsense") is None
    assert seal("purpose", "a secret") != sealed
