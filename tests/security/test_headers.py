"""What comes with every answer: a policy that runs nothing inline, frames of our own only, nothing guessed, https for good."""

from typing import Any

import httpx
import pytest

from app.core.middleware import RequestMiddleware, security_headers
from app.core.settings import get_settings
from tests.fuzz.attacking import Attack

# Documents that any site may put into a frame: without an origin of their own, so without cookies.
EMBEDS = {"/p/{short_id}/embed"}
GUARDS = (
    "content-security-policy",
    "permissions-policy",
    "referrer-policy",
    "cross-origin-opener-policy",
    "x-content-type-options",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECTIVES = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'")


def _hold_policy(answer: httpx.Response, said: str, *, embed: bool = False) -> None:
    policy = [part.strip() for part in answer.headers["content-security-policy"].split(";")]
    assert set(DIRECTIVES) <= set(policy), said
    assert not any(word in " ".join(policy) for word in ("unsafe", "nonce", "*.")), said
    assert ("frame-ancestors *" if embed else "frame-ancestors 'self'") in policy, said
    assert any(part.startswith("sandbox") for part in policy) is embed, said
    assert "allow-same-origin" not in " ".join(policy), said


async def test_every_page_is_guarded_and_only_embeds_are_framed(attack: Attack) -> None:
    seen = 0
    for route in attack.routes:
        if route.method != "GET" or route.streams:
            continue
        answer = await attack.send("GET", route.path(next(attack.world.addresses(route))))
        said = str(route)
        assert answer.headers["x-content-type-options"] == "nosniff", said
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind in ("text/css", "text/javascript"):
            continue
        assert not [name for name in GUARDS if name not in answer.headers], said
        # What is no page must not become one where it is opened by itself.
        _hold_policy(answer, said, embed=route.template in EMBEDS)
        alone = route.console or "token" in route.parameters
        if kind == "text/html" and alone and answer.status_code != 303:
            # What only one person may see is kept by no cache on the way, and not for the next at the same machine.
            assert "no-store" in answer.headers["cache-control"], said
        seen += kind == "text/html"
    assert seen > 60


async def test_refusals_are_guarded_too(attack: Attack) -> None:
    page = f"/p/{attack.world.values['short_id']}"
    base = attack.owner.base_url
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", page, {}),  # from the cache, the second time
        ("GET", page, {}),
        ("HEAD", page, {}),
        ("GET", "/nothing/here", {}),
        ("PUT", page, {}),
        ("POST", f"{page}/checkout", {"content": b"x" * 2_000_000, "headers": FORM}),
        ("POST", "/login", {"headers": {"Origin": "https://evil.example"}}),
        ("GET", "/orders/changed", {}),
        ("GET", "/console/staff/log", {}),
        ("POST", "/webhooks/stripe", {"content": b"{}"}),
    ]
    statuses: set[int] = set()
    for method, url, options in asked:
        answer = await attack.visitor.request(method, base.join(url), **options)
        statuses.add(answer.status_code)
        _hold_policy(answer, f"{method} {url}")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert {200, 303, 400, 403, 404, 405, 413} <= statuses


class _Served:
    """The middleware, as its settings are when it is made, around what answers with its path as content type."""

    def __init__(self) -> None:
        self.guarded = RequestMiddleware(self._answer)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {}
        await self.guarded(scope, receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", scope["path"].strip("/").encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("kind", ["text/html", "text/css", "text/javascript", "application/json"])
async def test_over_https_browsers_are_told_to_stay_there(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for base, told in (("https://mayfly.example", True), ("http://127.0.0.1:8000", False)):
        monkeypatch.setattr(get_settings(), "base_url", base)
        transport = httpx.ASGITransport(_Served())
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            headers = (await client.get(f"/{kind}")).headers
        assert ("strict-transport-security" in headers) is told
        if told:
            assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_what_browsers_could_allow_is_off() -> None:
    allowed = dict(security_headers())[b"permissions-policy"].decode()
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics"):
        assert f"{feature}=()" in allowed
