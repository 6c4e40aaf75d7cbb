"""A buyer of the rehearsal whose money goes back between the link and the download is told so, and is not stuck."""

import os
from typing import Any

import pytest

from app.core.clock import utc_now
from app.core.ids import new_id
from app.orders.refunding import refund
from app.pages.loading import PageRecord
from bench.chaos import buyer as chaos
from bench.chaos.stripe_account import StripeAccount
from tests.factories.orders import only_order
from tests.factories.pages import make_page
from tests.factories.products import FILES, make_product
from tests.support import environment

DATA = FILES[0][1]


class RefundedMeanwhile(chaos.Buyer):
    """The seller gives the money back while this buyer has a link and no file yet."""

    async def _download(self, url: str, data: bytes) -> str:
        order = await only_order()
        if order["state"] == "completed":
            await refund(
                *(order["id"], order["amount"]),
                refund_id=new_id(),
                actor_id=None,
                restock=False,
                now=utc_now(),
            )
        return await super()._download(url, data)


@pytest.fixture
async def page(owner: Any, web_server: str) -> PageRecord:
    product = await make_product(owner.viewer, now=utc_now())
    return await make_page(owner.viewer, now=utc_now(), products=[product], quantity=1)


async def fetched(kind: type[chaos.Buyer], page: PageRecord, base: str) -> tuple[bool, Any, str]:
    """Buy, and fetch the file; return whether it came, the diary, and the payment session."""
    stripe = StripeAccount(environment.shared()["stripe_base"], os.environ["MAYFLY_STRIPE_API_KEY"])
    diary = chaos.Diary()
    buyer = kind(base, diary, stripe)
    try:
        session_id = await buyer.reserve(page)
        assert session_id is not None and await buyer.pay(session_id)
        return await buyer.fetch(session_id, DATA), diary, session_id
    finally:
        await buyer.close()


async def test_a_refund_between_the_link_and_the_download_is_no_outage(
    page: PageRecord, web_server: str, stripe_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chaos, "PATIENCE_SECONDS", 3.0)
    came, diary, session_id = await fetched(RefundedMeanwhile, page, web_server)
    assert not came and diary.turned_away == {session_id} and not diary.received


async def test_a_file_that_is_sold_comes(
    page: PageRecord, web_server: str, stripe_account: Any
) -> None:
    came, diary, session_id = await fetched(chaos.Buyer, page, web_server)
    assert came and diary.received == {session_id} and not diary.turned_away
