"""An address with punctuation glued to its end leads to the address that was meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.glued import clean_path
from app.core.signing import sign_token
from app.orders.links import download_path, order_path
from tests.factories.deliveries import make_sold
from tests.factories.links import share
from tests.factories.pages import make_page

GLUED = [".", ",", ";", ":", "!", "?", ")", ").", "]", "}", ">", '"', "'", "*", "_", "~", "-", "|", "`", "…", "»", "”", "\u3002", "\uff09",
         " ", "\u00a0", "\u200b", "\u200f", "&gt;", "&quot;.", "&#39;", "`)."]  # fmt: skip


@pytest.mark.parametrize("glued", GLUED)
def test_what_is_glued_is_cut_off(glued: str) -> None:
    assert clean_path(f"/p/abc{glued}") == "/p/abc"
    assert clean_path(f"/orders/.aa.b-_c{glued}") == "/orders/.aa.b-_c"


@pytest.mark.parametrize(
    "path", ["/", "", "/p/abc", "/p/abc/", "/...", "/p/.", "/a\x00", "/p/a" + "." * 99]
)
def test_other_paths_stay(path: str) -> None:
    assert clean_path(path) == path


@given(st.text(max_size=60))
def test_any_text_is_only_shortened(text: str) -> None:
    found = clean_path(f"/{text}")
    assert f"/{text}".startswith(found) and clean_path(found) == found


async def test_links_lead_to_the_clean_address(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    sold = await make_sold(owner.viewer, now)
    for path in (
        f"/p/{page.short_id}",
        order_path(sold.id, now),
        f"{order_path(sold.id, now)}/files/{sold.files[0]}",
        download_path(sold.id, sold.files[0], "127.0.0.1", now),
    ):
        for method in ("GET", "HEAD"):
            for glued in (".", "%29", "%3E.", "%E2%80%9D"):
                answer = await client.request(method, f"{path}{glued}?fbclid=1")
                assert (answer.status_code, answer.headers["location"]) == (302, f"{path}?fbclid=1")
    assert (await client.get(f"/p/{page.short_id}.", follow_redirects=True)).status_code == 200


async def test_a_signed_address_works_as_it_is(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    url = (await share(page, now, discount_percent=20)).url
    meant = (await client.get(url)).text
    assert "40 % off for you" in meant
    for said in (
        f"{url}.",
        f"{url}%29",
        f"{url}&fbclid=x",
        url.replace("&", "&amp;"),
        f"{url}&amp;utm_source=x",
    ):
        assert (await client.get(said)).text == meant
    path, _mark, query = url.partition("?")
    assert (await client.get(f"{path}.?{query}", follow_redirects=True)).text == meant


async def test_nobody_is_sent_to_another_host(client: Any) -> None:
    for path in (
        "//evil.example.",
        "//evil.example/.",
        "/\\\\evil.example.",
        "/%0d%0aSet-Cookie:%20a=b.",
    ):
        answer = await client.get(f"http://127.0.0.1:8000{path}")
        location = answer.headers.get("location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\"))
        assert "set-cookie" not in answer.headers


async def test_a_form_that_was_sent_is_not_redirected(client: Any, now: Any) -> None:
    token = sign_token("order", {"order": "x"}, now)
    assert (await client.post(f"/orders/{token}.")).status_code in (403, 404, 405)
