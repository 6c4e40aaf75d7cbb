"""Everyone is on the Free plan here, as they are with the settings' defaults."""

import pytest

from app.core.settings import get_settings


@pytest.fixture(autouse=True)
def free_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
