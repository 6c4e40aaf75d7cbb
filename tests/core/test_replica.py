"""Reports are read from the replica while it answers, and from the database itself while it doesn't."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from piccolo.engine.postgres import PostgresEngine

from app.core import db
from app.core import replica as replicas
from app.core.engine import DB, REPLICA
from app.core.replica import Replica
from app.core.settings import get_settings
from tests.factories.pages import make_page


async def who() -> str:
    return await db.fetch_value("SELECT current_setting('application_name')")


def node(url: str) -> PostgresEngine:
    return PostgresEngine(config={"dsn": url}, extensions=())


@pytest.fixture
async def replica(app: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Replica, None]:
    """One that is the same server by another name."""
    url = get_settings().database_url
    named = f"{url}{'&' if '?' in url else '?'}application_name=replica"
    monkeypatch.setitem(DB.extra_nodes, REPLICA, node(named))
    made = Replica()
    yield made
    await made.close()


async def test_what_only_reads_is_asked_of_the_replica(replica: Replica) -> None:
    assert await replica.read(who) == "replica"
    assert await who() != "replica"


async def test_a_transaction_reads_what_it_wrote(replica: Replica) -> None:
    async with db.transaction():
        assert await replica.read(who) != "replica"


async def test_without_one_the_database_is_asked(app: Any) -> None:
    assert REPLICA not in DB.extra_nodes
    assert await Replica().read(who) != "replica"


async def test_one_that_is_away_is_left_alone_for_a_while(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DB.extra_nodes, REPLICA, node("postgresql://nobody@127.0.0.1:1/nothing"))
    made = Replica()
    assert await made.read(who) != "replica"
    assert made.not_before > 0
    monkeypatch.setattr(made, "_open", None)
    assert await made.read(who) != "replica", "it was not asked again"


async def test_reports_and_exports_are_read_there(
    replica: Replica, owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    asked: list[str] = []

    async def noting(query: Any) -> Any:
        asked.append(await replica.read(who))
        return await query()

    monkeypatch.setattr(replicas.replica, "read", noting)
    for path in (
        "/console/analytics",
        "/console/analytics/export.csv",
        f"/console/pages/{page.id}/analytics",
        "/console/orders/export.csv",
        "/console/registrations/export.csv",
    ):
        asked.clear()
        assert (await owner.get(path)).status_code == 200
        assert asked and set(asked) == {"replica"}, path
