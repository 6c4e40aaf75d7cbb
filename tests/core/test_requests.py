import os
from typing import Any

import httpx
import pytest

BASE = os.environ.get("MAYFLY_BASE_URL", "")


async def test_an_unknown_address_is_a_page_with_a_reference(client: httpx.AsyncClient) -> None:
    response = await client.get("/nothing/here")
    assert response.status_code == 404
    assert "<html" in response.text
    assert response.headers["x-request-id"] in response.text


async def test_htmx_gets_errors_as_fragments(client: httpx.AsyncClient) -> None:
    response = await client.get("/nothing/here", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert "<html" not in response.text


async def test_health_and_figures(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok\n"
    ready = await client.get("/readyz")
    assert ready.json()["database"] is True
    assert "mayfly_requests_total" in (await client.get("/metrics")).text


async def test_figures_are_hidden_behind_their_token(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.settings import get_settings

    monkeypatch.setattr(get_settings(), "metrics_token", "figures")
    assert (await client.get("/metrics")).status_code == 404
    assert (
        await client.get("/metrics", headers={"Authorization": "Bearer figures"})
    ).status_code == 200


async def test_in_production_figures_are_nobodys_unless_a_token_is_set(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.settings import get_settings

    monkeypatch.setattr(get_settings(), "environment", "production")
    for given in ({}, {"Authorization": "Bearer "}):
        assert (await client.get("/metrics", headers=given)).status_code == 404


async def test_every_answer_is_guarded(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/healthz")).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": BASE}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Cookie": "access=x"}, True),
        ({"Origin": BASE}, False),
        ({}, False),
    ],
)
async def test_forms_of_other_sites_are_refused(
    app: Any, headers: dict[str, str], refused: bool
) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as anyone:
        response = await anyone.post("/nothing/here", headers=headers)
    assert (response.status_code == 403) is refused


async def test_static_files_are_kept_for_ever_under_their_hash(client: httpx.AsyncClient) -> None:
    from app.core.assets import asset_url

    url = asset_url("css/page.css")
    response = await client.get(url, headers={"Accept-Encoding": "br"})
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "br"
    old = await client.get("/static/0000000000/css/page.css")
    assert old.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["../pyproject.toml", "..%2fpyproject.toml", "css", "", "%00", "x" * 5000, "/etc/passwd"],
)
async def test_only_static_files_are_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/0000000000/{path}")).status_code in (400, 404)
