"""The webhook's door: only what Stripe signed comes in, once, and stays until it is processed."""

import json
from typing import Any

import httpx
import pytest

from app.core import db
from app.payments import inbox
from app.payments.gateway import Event
from tests.factories.orders import deliver, signature

BODY = json.dumps({"id": "evt_1", "type": "x.y", "data": {"object": {"id": "z"}}}).encode()


async def send(client: httpx.AsyncClient, body: bytes, signed: str) -> int:
    headers = {"Stripe-Signature": signed, "Content-Type": "application/json"}
    response = await client.post("/webhooks/stripe", content=body, headers=headers)
    return response.status_code


async def stored() -> int:
    return await db.fetch_value("SELECT count(*) FROM stripe_event")


async def queued() -> int:
    return await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'payments.process'"
    )


async def test_keeps_a_signed_event_once(client: httpx.AsyncClient) -> None:
    body = BODY.replace(b"x.y", b"checkout.session.completed")
    for _ in range(3):
        assert await send(client, body, signature(body)) == 200
    assert (await stored(), await queued()) == (1, 1)


async def test_an_event_nobody_waits_for_is_kept_and_takes_no_turn_in_the_queue(
    client: httpx.AsyncClient,
) -> None:
    assert await send(client, BODY, signature(BODY)) == 200
    assert (await stored(), await queued()) == (1, 0)
    assert await db.fetch_value("SELECT processed_at IS NOT NULL FROM stripe_event")


async def test_refuses_what_is_not_signed(client: httpx.AsyncClient) -> None:
    good = signature(BODY)
    assert await send(client, BODY + b" ", good) == 400
    assert await send(client, BODY.replace(b"evt_1", b"evt_2"), good) == 400
    assert await send(client, BODY, good[:-1] + ("0" if good[-1] != "0" else "1")) == 400
    assert await send(client, BODY, "") == 400
    assert await send(client, BODY, "nonsense") == 400
    assert await send(client, BODY, signature(BODY, secret="whsec_other")) == 400
    assert await send(client, BODY, signature(BODY, at=1_600_000_000)) == 400
    assert await stored() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b"\xff\xfe", b'{"id": 1, "type": 2}'])
async def test_refuses_signed_nonsense(client: httpx.AsyncClient, body: bytes) -> None:
    signed = signature(body) if body != b"\xff\xfe" else "t=1,v1=0"
    assert await send(client, body, signed) == 400
    assert await stored() == 0


async def test_needs_no_origin(client: httpx.AsyncClient) -> None:
    """Stripe is no browser; what protects this route is the signature."""
    del client.headers["origin"]
    assert await send(client, BODY, signature(BODY)) == 200


async def test_a_handler_that_fails_is_asked_again(
    client: httpx.AsyncClient, now: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def handler(event: Event, _now: Any) -> None:
        seen.append(event.subject["id"])
        if len(seen) == 1:
            raise RuntimeError("the first time fails")

    monkeypatch.setitem(inbox._handlers, "test.event", [handler])  # pyright: ignore[reportPrivateUsage]
    await deliver(client, "test.event", {"id": "thing"}, "evt_again")
    with pytest.raises(RuntimeError):
        await run_jobs()
    await inbox.process("evt_again", now)
    await inbox.process("evt_again", now)
    assert seen == ["thing", "thing"]


async def test_every_handler_of_a_type_acts(
    client: httpx.AsyncClient, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def one(_event: Event, _now: Any) -> None:
        seen.append("one")

    async def other(_event: Event, _now: Any) -> None:
        seen.append("other")

    monkeypatch.setitem(inbox._handlers, "test.event", [])  # pyright: ignore[reportPrivateUsage]
    for handler in (one, other, one):
        inbox.on("test.event", handler)
    await deliver(client, "test.event", {"id": "thing"}, "evt_two")
    await run_jobs()
    assert seen == ["one", "other"]
