"""Stripe's door: the one route that takes requests from another site, because they are signed."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, post

from app.payments import inbox
from app.payments.gateway import get_gateway


class WebhookController(Controller):
    path = "/webhooks/stripe"

    @post(status_code=200)
    async def receive(self, request: Request[Any, Any, Any], now: datetime) -> dict[str, bool]:
        """Keep a signed event. 400 when the signature does not fit its raw body."""
        event = get_gateway().parse_event(
            await request.body(), request.headers.get("stripe-signature", "")
        )
        await inbox.receive(event, now)
        return {"received": True}


controllers = [WebhookController]
