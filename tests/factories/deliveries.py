"""Orders as they stand after a sale, with a real object behind each file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.core.ids import new_id, new_short_id
from app.core.theme import DEFAULT
from app.orders.buyers import customer_id
from app.orders.tables import Order, OrderLine
from app.pages.showing import theme_href
from app.pages.tables import Page
from app.products.keys import original_key
from app.products.tables import File, Product
from app.storage.objects import get_store

BYTES = b"the very bytes that were bought"


@dataclass(frozen=True)
class Sold:
    """What `make_sold` made; `keys` are the objects' keys in the order of `files`."""

    id: UUID
    number: str
    email: str
    session_id: str
    page_id: UUID
    product_id: UUID
    files: tuple[UUID, ...]
    keys: tuple[str, ...]


async def make_sold(
    seller: Viewer,
    now: datetime,
    *,
    state: str = "completed",
    email: str = "ann@example.com",
    title: str = "Field guide",
    page_title: str = "Spring sale",
    files: Sequence[str] = ("guide.pdf",),
    amount: int = 1299,
    currency: str = "EUR",
    quantity: int = 1,
    session_id: str | None = None,
    stored: bool = True,
    **columns: Any,
) -> Sold:
    """Make a page, a product with `files`, and an order of it in `state`."""
    owner: dict[str, Any] = {
        "user_id": seller.user_id,
        "organization_id": seller.organization_id,
        "group_id": seller.group_id,
    }
    at: dict[str, Any] = {"created_at": now, "updated_at": now}
    page = Page(
        short_id=new_short_id(), type="flash-sale", title=page_title, description="", **owner, **at
    )
    product = Product(name=title, amount=amount, currency=currency, **owner, **at)
    await page.save()
    await product.save()
    made = [
        await add_file(seller, product.id, name, place, now, stored)
        for place, name in enumerate(files)
    ]
    paid = state in ("completed", "refunded", "partially_refunded", "disputed")
    order = Order(
        number=new_short_id()[:8].upper(),
        page_id=page.id,
        customer_id=customer_id(email),
        email=email,
        buyer_key="buyer",
        attempt_key=new_id(),
        state=state,
        amount=amount * quantity,
        currency=currency,
        stripe_session_id=session_id or f"cs_test_{new_short_id()}",
        payment_intent=f"pi_{new_short_id()}" if paid else None,
        terms=json.dumps(
            {
                "title": page_title,
                "short_id": page.short_id,
                "zone": "UTC",
                "theme_href": theme_href(DEFAULT),
            }
        ),
        completed_at=now if paid else None,
        **owner,
        **at,
        **columns,
    )
    await order.save()
    await OrderLine(
        order_id=order.id,
        content_id=new_id(),
        product_id=product.id,
        stock_id=new_id(),
        title=title,
        quantity=quantity,
        original_amount=amount,
        amount=amount,
    ).save()
    return Sold(
        id=order.id,
        number=order.number,
        email=email,
        session_id=order.stripe_session_id or "",
        page_id=page.id,
        product_id=product.id,
        files=tuple(file_id for file_id, _key in made),
        keys=tuple(key for _file_id, key in made),
    )


async def add_file(
    seller: Viewer, product_id: UUID, name: str, place: int, now: datetime, stored: bool = True
) -> tuple[UUID, str]:
    """Put a file of `BYTES` on a product; return its id and its object's key."""
    file_id = new_id()
    key = original_key(seller.user_id, product_id, file_id)
    if stored:
        await get_store().put(key, BYTES, "application/octet-stream")
    await File(
        id=file_id,
        product_id=product_id,
        kind="original",
        object_key=key,
        name=name,
        size=len(BYTES),
        content_type="application/pdf",
        sha256="0" * 64,
        position=place,
        created_at=now,
    ).save()
    return file_id, key
