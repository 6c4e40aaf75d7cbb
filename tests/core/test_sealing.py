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
    for place in range(0, len(sealed) - 4, 3):
        letter = "A" if sealed[place] != "A" else "B"
        assert unseal("purpose", sealed[:place] + letter + sealed[place + 1 :]) is None
    for cut in ("", "nonsense", "é", sealed[:20], sealed[:-8]):
        assert unseal("purpose", cut) is None
    assert seal("purpose", "a secret") != sealed
