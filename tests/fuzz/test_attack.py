"""The control of all attacks: they would notice a trace and a crash, and put back what was done."""

import httpx
import pytest

from app.core import db
from tests.fuzz.attacking import Attack


async def test_any_changed_byte_is_seen_and_undone(attack: Attack) -> None:
    names = 'SELECT array_agg(name ORDER BY id) FROM "user"'
    before = await db.fetch_value(names)
    assert await attack.snapshot.changed() == set()
    await db.execute("UPDATE \"user\" SET name = 'changed'")
    await db.execute("DELETE FROM message")
    changed = await attack.snapshot.changed()
    assert changed == {"user", "message"}
    await attack.snapshot.restore(changed)
    assert await attack.snapshot.changed() == set()
    assert await db.fetch_value(names) == before


@pytest.mark.parametrize("status", [422, 500])
async def test_a_refusal_that_leaves_a_trace_fails(attack: Attack, status: int) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status)

    if status == 422:
        await db.execute("UPDATE product SET amount = 1")
    attack.visitor = httpx.AsyncClient(
        transport=httpx.MockTransport(answer), base_url=attack.owner.base_url
    )
    with pytest.raises(AssertionError):
        await attack.send("GET", "/")
