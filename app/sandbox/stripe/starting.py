"""Starting the Stripe sandbox as a child process."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.sandbox.errors import SandboxError
from app.sandbox.process import HOST, Child, claim_port, wait_for_port

LIVE = ("sk_live_", "rk_live_")
KEY_NAMES = ("MAYFLY_STRIPE_API_KEY", "STRIPE_API_KEY")


@dataclass(frozen=True)
class StripeSandbox:
    """A running sandbox. `account` is the one of `api_key`; any other `sk_test_<name>` makes another."""

    child: Child
    base_url: str
    account: str = "mayfly"

    @property
    def api_key(self) -> str:
        return f"sk_test_{self.account}"

    def switch(self, api_key: str = "", **switches: Any) -> dict[str, Any]:
        """Set an account's webhook_url, webhook_secret or switches; returns all of them."""
        headers = {"Authorization": f"Bearer {api_key or self.api_key}"}
        url = f"{self.base_url}/sandbox/switches"
        try:
            response = httpx.post(url, json=switches, headers=headers, trust_env=False)
        except httpx.HTTPError as problem:
            raise SandboxError(f"The Stripe sandbox does not answer: {problem}") from None
        if response.is_error:
            raise SandboxError(str(response.json()["error"]["message"]))
        return response.json()

    def stop(self) -> None:
        self.child.stop()


def refuse_live(environment: Mapping[str, str]) -> None:
    """Raise SandboxError when a live Stripe key is set anywhere."""
    for name in KEY_NAMES:
        if environment.get(name, "").startswith(LIVE):
            raise SandboxError(
                f"{name} is a live key: the Stripe sandbox does not start beside it."
            )


def start_stripe(
    folder: Path,
    *,
    account: str = "mayfly",
    webhook_url: str = "",
    webhook_secret: str = "",
    port: int = 0,
    output: Path | None = None,
) -> StripeSandbox:
    """Start it on `folder` (made when missing) and return once it answers.

    `webhook_secret` defaults to `whsec_<account>`. Raises SandboxError for a live key in the
    environment, a taken port or a folder that can't be used.
    """
    refuse_live(os.environ)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "not writable")
    except OSError as problem:
        raise SandboxError(
            f"The Stripe folder {folder} can't be used: {problem.strerror}."
        ) from None
    port = claim_port(port, "the Stripe sandbox")
    base_url = f"http://{HOST}:{port}"
    options = ["--folder", str(folder), "--port", str(port), "--base-url", base_url]
    command = [sys.executable, "-m", "app.sandbox.stripe", *options, "--account", account]
    child = Child(command, output=output)
    wait_for_port(child, port, "The Stripe sandbox")
    sandbox = StripeSandbox(child, base_url, account)
    sandbox.switch(webhook_url=webhook_url, webhook_secret=webhook_secret or f"whsec_{account}")
    return sandbox
