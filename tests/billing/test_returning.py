"""A full plan takes nothing away: the form stays with what was typed, and after choosing a plan one is back at it."""

from typing import Any

import pytest

from app.billing.assigning import assign_plan
from app.billing.returning import console_path
from app.core import db
from app.pages import loading
from app.pages.editing import form_of
from tests.billing.test_enforcing import HTMX, form
from tests.factories.billing import allowing
from tests.factories.pages import make_draft
from tests.factories.subscriptions import subscribe

BILLING = "/console/billing"


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_publishing_on_a_full_plan_keeps_the_editor_and_what_was_typed(
    owner: Any, now: Any, headers: dict[str, str]
) -> None:
    draft = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{draft.id}/edit"
    values = {name: value for name, value in form_of(draft).values.items() if value != ""}
    typed = {**values, "title": "Typed today", "intent": "publish"}
    async with allowing(active_pages=0):
        answer = await owner.post(url, data=typed, headers=headers)
    assert answer.status_code == 402
    assert 'id="page-editor"' in answer.text
    assert "room for 0 scheduled or running pages" in answer.text
    assert "what you typed is saved" in answer.text
    assert f"{BILLING}?back={url}" in answer.text
    assert 'value="Typed today"' in answer.text
    stored = await loading.by_id(draft.id)
    assert (stored.title, stored.times.published_at) == ("Typed today", None)


async def test_a_product_without_room_can_be_made_hidden(owner: Any, now: Any) -> None:
    async with allowing(products=0):
        refused = await owner.post("/console/products", data=form())
        assert refused.status_code == 402
        assert 'value="hidden"' in refused.text and 'value="plans"' in refused.text
        made = form(intent="hidden")
        answer = await owner.post("/console/products", data=made)
        assert answer.headers["location"] == f"/console/products/{made['id']}"
        other = form(intent="plans")
        answer = await owner.post("/console/products", data=other)
        path = f"/console/products/{other['id']}"
        shown = await owner.get(answer.headers["location"])
        assert f'href="{path}"' in shown.text
        assert await db.fetch_value("SELECT count(*) FROM product WHERE NOT active") == 2
        full = await owner.delete(f"{path}/deactivation")
        assert full.status_code == 402 and f"{BILLING}?back={path}" in full.text


async def test_whoever_paid_comes_back_once(owner: Any, stripe_account: Any, now: Any) -> None:
    back = "/console/pages/new"
    assert f'href="{back}"' in (await owner.get(f"{BILLING}?back={back}")).text
    live = await subscribe(owner.viewer, stripe_account, now)
    started = f"{BILLING}/started?session_id={live.checkout_id}"
    assert (await owner.get(started)).headers["location"] == back
    assert (await owner.get(started)).headers["location"] == BILLING


async def test_whoever_changed_the_plan_comes_back(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    await subscribe(owner.viewer, stripe_account, now)
    await owner.get(f"{BILLING}?back=/console/team")
    choice = (await owner.get(f"{BILLING}/plans/premium")).text
    sent = {name: choice.split(f'name="{name}" value="')[1].split('"')[0] for name in ("id", "at")}
    answer = await owner.post(f"{BILLING}/plan", data={"plan": "premium", **sent})
    assert answer.headers["location"] == "/console/team"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/../logout",
        "/console/%2e%2e/logout",
        "/p/abcdefgh",
        "/consoles",
        "javascript:alert(1)",
        "/console/\nx",
        "",
    ],
)
async def test_the_way_back_never_leaves_the_console(owner: Any, target: str) -> None:
    assert console_path(target) is None
    answer = await owner.get(BILLING, params={"back": target})
    assert answer.status_code == 200
    assert "plan_back" not in answer.headers.get("set-cookie", "")
    assert "Back to what you were doing" not in answer.text


async def test_a_forged_cookie_leads_nowhere(owner: Any, stripe_account: Any, now: Any) -> None:
    owner.cookies.set("plan_back", "//evil.example/console/", domain="127.0.0.1", path="/")
    live = await subscribe(owner.viewer, stripe_account, now)
    answer = await owner.get(f"{BILLING}/started?session_id={live.checkout_id}")
    assert answer.headers["location"] == BILLING
    await assign_plan(owner.viewer.organization_id, "free", now, None)
