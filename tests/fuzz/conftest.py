"""An attack on a world of its own, shared by the tests of fuzz/ and security/."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import httpx
import pytest


@pytest.fixture
async def attack(
    app: Any,
    client: httpx.AsyncClient,
    owner: Any,
    stripe_account: Any,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Any, None]:
    # Imported here: the application reads its settings when it is imported, and a conftest comes before them.
    from app.core.settings import get_settings
    from tests.fuzz.attacking import Attack
    from tests.fuzz.discovery import routes_of
    from tests.fuzz.traces import Snapshot
    from tests.fuzz.world import make_world
    from tests.support.outgoing import noting, strangers

    monkeypatch.setattr(get_settings(), "rate_limits", False)
    # Who runs the installation sees more of it, so there is more to attack.
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    world = await make_world(owner, client, stripe_account, now)
    with noting() as seen:
        yield Attack(app, owner, client, world, await Snapshot.take(), routes_of(app))
    # Whatever was sent, the server asked nobody that it was not told about by its operator.
    assert {host for host, _port in strangers(seen)} <= {"127.0.0.1"}
