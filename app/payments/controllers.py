"""Stripe's door: the one route that takes requests from another site, because they are signed."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency as Named

from app.payments import inbox
from app.payments.gateway import get_gateway
from app.payments.rehearsing import of_a_rehearsal


class WebhookController(Controller):
    path = "/webhooks/stripe"

    @post(status_code=200)
    async def receive(
        self, request: Request[Any, Any, Any], now: Named[datetime]
    ) -> dict[str, bool]:
        """Keep a signed event, unless it comes of a rehearsal. 400 when the signature does not fit its raw body."""
        event = get_gateway().parse_event(
            await request.body(), request.headers.get("stripe-signature", "")
        )
        if not of_a_rehearsal(event):
            await inbox.receive(event, now)
        return {"received": True}


controllers = [WebhookController]
