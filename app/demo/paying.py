"""Paying at the sandbox, as on its page; and checkouts of the demo's past, which the sandbox would find expired."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from app.core.settings import get_settings
from app.payments.gateway import CheckoutRequest, CheckoutSession
from app.payments.stripe_gateway import StripeGateway

SANDBOX_SECONDS = 15.0
OPEN_FOR = timedelta(hours=1)


async def pay_at_sandbox(session_id: str) -> None:
    """Pay a session as its buyer would. Raises httpx.HTTPError."""
    async with httpx.AsyncClient(
        base_url=get_settings().stripe_api_base, timeout=SANDBOX_SECONDS, trust_env=False
    ) as sandbox:
        paid = await sandbox.post(f"/sandbox/sessions/{session_id}/pay", json={})
        paid.raise_for_status()


class PastGateway(StripeGateway):
    """Opens the sessions of checkouts long ago as if they were begun `now`, and remembers them by their orders."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.sessions: dict[UUID, str] = {}

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutSession:
        session = await super().create_checkout(replace(request, expires_at=self.now + OPEN_FOR))
        self.sessions[UUID(request.key)] = session.id
        return session
