"""One Stripe sandbox for the module's tests, an account and a webhook endpoint for each."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import stripe

from app.sandbox.stripe.starting import StripeSandbox, start_stripe
from tests.support.patience import PATIENCE_SECONDS


@dataclass
class Endpoint:
    """A webhook endpoint that keeps what it got; `status` is what it answers."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list[bytes])
    signatures: list[str] = field(default_factory=list[str])

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def wait(self, done: Callable[["Endpoint"], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done(self):
            assert time.monotonic() < deadline, self.types
            time.sleep(0.02)


@dataclass
class Shop:
    """An account of its own on the sandbox, with the SDK and a bare client."""

    sandbox: StripeSandbox
    key: str
    sdk: stripe.StripeClient
    http: httpx.Client
    endpoint: Endpoint

    @property
    def secret(self) -> str:
        return self.key.replace("sk_test_", "whsec_")

    def switch(self, **switches: Any) -> dict[str, Any]:
        return self.sandbox.switch(self.key, **switches)

    def checkout(self, amount: int = 1999, **more: Any) -> stripe.checkout.Session:
        price: Any = {
            "currency": "eur",
            "unit_amount": amount,
            "product_data": {"name": "Song & Co"},
        }
        params: Any = {
            "mode": "payment",
            "success_url": "https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/back",
            "line_items": [{"quantity": 1, "price_data": price}],
        }
        return self.sdk.v1.checkout.sessions.create(params | more)

    def pay(self, session_id: str, **payment: str) -> httpx.Response:
        return self.http.post(f"/sandbox/sessions/{session_id}/pay", json=payment)

    def paid(self, amount: int = 1999) -> stripe.checkout.Session:
        session = self.checkout(amount)
        assert self.pay(session.id).status_code == 200
        return self.sdk.v1.checkout.sessions.retrieve(session.id)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeSandbox]:
    sandbox = start_stripe(tmp_path_factory.mktemp("stripe"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    kept = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            kept.signatures.append(self.headers["Stripe-Signature"])
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/stripe/webhook"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(sandbox: StripeSandbox, endpoint: Endpoint) -> Iterator[Shop]:
    key = f"sk_test_{secrets.token_hex(6)}"
    sandbox.switch(key, webhook_url=endpoint.url, settle_after=0)
    sdk = stripe.StripeClient(key, base_addresses={"api": sandbox.base_url}, max_network_retries=0)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=sandbox.base_url, headers=headers) as http:
        yield Shop(sandbox, key, sdk, http, endpoint)
