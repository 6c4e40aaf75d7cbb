"""A running sale to buy from, and the steps of a purchase."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.auth.viewer import Viewer
from app.core import db
from app.core.ids import new_id, new_short_id
from app.core.settings import get_settings
from app.orders.checkout import Basket, Placed, start_checkout
from app.pages.lifecycle import Cause, State
from app.pages.recording import record_transition
from app.pages.tables import Page, PageContent
from app.products.tables import Product
from app.stock.capacity import create_stock


@dataclass(frozen=True)
class Sale:
    """A published page. `contents` are its items in order; they share the one stock."""

    page_id: UUID
    short_id: str
    stock_id: UUID
    contents: tuple[UUID, ...]


async def make_sale(
    seller: Viewer,
    now: datetime,
    *,
    prices: tuple[int, ...] = (1000,),
    quantity: int | None = 5,
    discount: int = 0,
    per_buyer: int | None = None,
    currency: str = "EUR",
    lasts: timedelta = timedelta(hours=1),
) -> Sale:
    """Publish a flash sale of one product for each of `prices` (original, minor units)."""
    owner: dict[str, Any] = {
        "user_id": seller.user_id,
        "organization_id": seller.organization_id,
        "group_id": seller.group_id,
    }
    at: dict[str, Any] = {"created_at": now, "updated_at": now}
    inventory = {"limit": "page", "quantity": quantity} if quantity else {"limit": "none"}
    settings = {
        "discount_percent": discount,
        "per_buyer_limit": per_buyer,
        "inventory": inventory,
        "confirmation_message": "Enjoy!",
    }
    stock_id = await create_stock(quantity)
    page = Page(
        short_id=new_short_id(),
        type="flash-sale",
        title="Spring sale",
        description="",
        settings=json.dumps(settings),
        stock_id=stock_id,
        published_at=now - timedelta(minutes=1),
        launch_at=now - timedelta(minutes=1),
        expires_at=now + lasts,
        **owner,
        **at,
    )
    await page.save()
    await record_transition(
        page.id,
        State.DRAFT,
        State.ACTIVE,
        now - timedelta(minutes=1),
        Cause.HAND,
        now,
        seller.user_id,
    )
    contents: list[UUID] = []
    for place, price in enumerate(prices):
        product = Product(name=f"Item {place + 1}", amount=price, currency=currency, **owner, **at)
        await product.save()
        content = PageContent(
            page_id=page.id,
            product_id=product.id,
            position=place,
            title=product.name,
            summary="",
            amount=price,
            currency=currency,
            created_at=now,
        )
        await content.save()
        contents.append(content.id)
    return Sale(page.id, page.short_id, stock_id, tuple(contents))


def basket(
    sale: Sale,
    *quantities: int,
    email: str = "ann@example.com",
    buyer: str | None = None,
    attempt: str | None = None,
    code: str = "",
    source: str = "",
    terms: str = "link",
) -> Basket:
    """Ask for `quantities` of the sale's items (one of the first by default), as a browser of its own; from `source`, as
    who was shown what its link gives."""
    wanted = dict(zip(sale.contents, quantities or (1,), strict=False))
    return Basket(
        sale.short_id,
        wanted,
        email,
        buyer or new_id().hex,
        attempt or new_short_id(),
        code,
        source,
        terms,
    )


async def buy(sale: Sale, now: datetime, *quantities: int, **who: Any) -> Placed:
    """Start a checkout. Raises what it raises."""
    return await start_checkout(basket(sale, *quantities, **who), now)


def form(
    sale: Sale, *quantities: int, email: str = "ann@example.com", attempt: str = "", code: str = ""
) -> dict[str, str]:
    """The checkout form as a browser sends it."""
    items = zip(sale.contents, quantities or (1,), strict=False)
    return {
        "email": email,
        "attempt": attempt or new_short_id(),
        "code": code,
        **{f"item[{content_id}]": str(count) for content_id, count in items},
    }


async def order_row(order_id: UUID) -> db.Record:
    row = await db.fetch_one('SELECT * FROM "order" WHERE id = $1', order_id)
    assert row is not None
    return row


async def only_order() -> db.Record:
    rows = await db.fetch('SELECT * FROM "order"')
    assert len(rows) == 1
    return rows[0]


async def events_of(order_id: UUID) -> list[str]:
    rows = await db.fetch(
        "SELECT kind FROM order_event WHERE order_id = $1 ORDER BY created_at, kind", order_id
    )
    return [row["kind"] for row in rows]


def signature(payload: bytes, *, secret: str | None = None, at: float | None = None) -> str:
    """Sign a webhook's body as Stripe does."""
    stamp = int(at if at is not None else time.time())
    key = (secret or get_settings().stripe_webhook_secret).encode()
    digest = hmac.new(key, f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


async def deliver(
    client: httpx.AsyncClient, event_type: str, subject: dict[str, Any], event_id: str = ""
) -> httpx.Response:
    """Send a signed webhook as Stripe would."""
    event = {
        "id": event_id or f"evt_{new_short_id()}",
        "object": "event",
        "type": event_type,
        "data": {"object": subject},
    }
    body = json.dumps(event).encode()
    return await client.post(
        "/webhooks/stripe",
        content=body,
        headers={"Stripe-Signature": signature(body), "Content-Type": "application/json"},
    )
