"""The staff area: finding, looking, ending sessions, suspending, giving plans; and every bit of it is written down."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.auth.security_log import count_since
from app.auth.sessions import live_sessions, start_session
from app.auth.two_factor import is_on
from app.billing.limits import plan_of
from app.billing.plans import all_plans
from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.pages import loading
from tests.factories.auth import make_colleague
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_page

AREA = "/console/staff"


@pytest.fixture
async def staff(owner: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Olivia, who runs the installation."""
    monkeypatch.setattr(get_settings(), "staff_emails", ["Olivia@Example.com"])
    return owner


@pytest.fixture
async def plans() -> AsyncIterator[None]:
    """Plans are not wiped between tests: put back what this one changes."""
    kept = await db.fetch("SELECT id, name, amount, visible, features FROM plan")
    yield
    for row in kept:
        await db.execute(
            "UPDATE plan SET name = $2, amount = $3, visible = $4, features = $5::text::jsonb WHERE id = $1",
            *row,
        )


async def log() -> list[tuple[str, str, dict[str, Any]]]:
    """What was written down, the first first."""
    rows = await db.fetch("SELECT kind, subject, details FROM staff_action ORDER BY at, id")
    return [(row["kind"], row["subject"], json.loads(row["details"])) for row in rows]


async def test_a_user_is_found_by_every_handle(staff: Any, outsider: Any) -> None:
    viewer = outsider.viewer
    for text in ("mallory@EXAMPLE", "Mallory", str(viewer.user_id), str(viewer.organization_id)):
        found = await staff.get(AREA, params={"q": text})
        assert f"{AREA}/users/{viewer.user_id}" in found.text, text
    nothing = await staff.get(AREA, params={"q": "%"})
    assert "Find a user" in nothing.text  # too short to search
    assert "Nothing found" in (await staff.get(AREA, params={"q": "%%_\x00%"})).text
    assert [kind for kind, _subject, _details in await log()] == ["searched"] * 5
    assert (await log())[0][2] == {"query": "mallory@EXAMPLE"}


async def test_pages_and_orders_are_found_by_their_ids(
    staff: Any, outsider: Any, now: datetime
) -> None:
    page = await make_page(outsider.viewer, now=now, title="A 100% river")
    base = get_settings().base_url
    for text in (page.short_id, f"{base}/p/{page.short_id}?x=1", str(page.id), "100% riv"):
        found = await staff.get(AREA, params={"q": text})
        assert f"{AREA}/pages/{page.id}" in found.text, text
    sold = await make_sold(outsider.viewer, now)
    row = await db.fetch_one('SELECT * FROM "order" WHERE id = $1', sold.id)
    assert row is not None
    for text in (row["number"], row["number"][2:8].lower(), row["email"], str(sold.id)):
        assert f"{AREA}/orders/{sold.id}" in (await staff.get(AREA, params={"q": text})).text, text
    await db.execute("UPDATE \"order\" SET stripe_session_id = 'cs_1', payment_intent = 'pi_1'")
    for text in ("cs_1", "pi_1"):
        assert f"{AREA}/orders/{sold.id}" in (await staff.get(AREA, params={"q": text})).text
    shown = await staff.get(f"{AREA}/orders/{sold.id}")
    assert "pi_1" in shown.text and row["number"] in shown.text
    assert (await log())[-1][:2] == ("looked-at-order", str(sold.id))


async def test_an_account_with_all_that_belongs_to_it(
    staff: Any, outsider: Any, now: datetime
) -> None:
    viewer = outsider.viewer
    page = await make_page(viewer, now=now, title="Mallory's page")
    await make_colleague(viewer, email="second@example.com", now=now)
    shown = (await staff.get(f"{AREA}/users/{viewer.user_id}")).text
    for words in ("Mallory&#39;s page", "second@example.com", "Enterprise", "embedding"):
        assert words in shown, words
    assert f"{AREA}/pages/{page.id}" in shown
    assert (await log())[-1][:2] == ("looked-at-user", str(viewer.user_id))


async def test_sessions_end_at_once(staff: Any, outsider: Any, now: datetime) -> None:
    user_id = outsider.viewer.user_id
    await start_session(user_id, now)
    answer = await staff.post(f"{AREA}/users/{user_id}/sessions/removal")
    assert answer.headers["location"] == f"{AREA}/users/{user_id}"
    assert await live_sessions(user_id, now) == []
    assert (await outsider.get("/console/pages")).headers["location"].startswith("/login")
    assert (await log())[-1] == (
        "ended-sessions",
        str(user_id),
        {"email": "mallory@example.com", "count": 2},
    )


async def test_two_factor_is_removed_for_who_has_lost_both(
    staff: Any, outsider: Any, now: datetime
) -> None:
    user_id = outsider.viewer.user_id
    url = f"{AREA}/users/{user_id}"
    assert "Remove two-factor" not in (await staff.get(url)).text
    assert (await staff.post(f"{url}/two-factor/removal")).status_code == 409
    await db.execute(
        "INSERT INTO two_factor (id, user_id, secret, created_at, confirmed_at) VALUES ($1, $2, '', $3, $3)",
        *(new_id(), user_id, now),
    )
    assert "Remove two-factor" in (await staff.get(url)).text
    assert (await staff.post(f"{url}/two-factor/removal")).headers["location"] == url
    assert not await is_on(user_id)
    assert (await log())[-1][:2] == ("removed-two-factor", str(user_id))
    assert await count_since(user_id, "two-factor-removed", now - timedelta(hours=1)) == 1


async def test_a_page_is_suspended_with_a_reason_and_given_back(
    staff: Any, outsider: Any, now: datetime
) -> None:
    page = await make_page(outsider.viewer, now=now, title="Stolen")
    url = f"{AREA}/pages/{page.id}"
    empty = await staff.post(f"{url}/suspension", data={"reason": " "})
    assert empty.status_code == 422 and "fill this in" in empty.text
    long = await staff.post(f"{url}/suspension", data={"reason": "x" * 1001})
    assert long.status_code == 422 and "x" * 1001 in long.text
    sent = {"reason": "Somebody else's drawings"}
    assert (await staff.post(f"{url}/suspension", data=sent)).is_redirect
    again = await staff.post(f"{url}/suspension", data={"reason": "once more"})
    assert again.status_code == 409 and "suspended already" in again.text
    stored = await loading.by_id(page.id)
    assert stored.suspended_reason == sent["reason"]
    assert "Stolen" in (await staff.get(f"{AREA}/pages")).text
    assert "Somebody else&#39;s drawings" in (await staff.get(url)).text
    assert (await staff.post(f"{url}/suspension/removal")).is_redirect
    assert (await staff.post(f"{url}/suspension/removal")).status_code == 409
    assert not (await loading.by_id(page.id)).suspended
    assert "No page is suspended" in (await staff.get(f"{AREA}/pages")).text
    done = [kind for kind, _subject, _details in await log() if kind != "looked-at-page"]
    assert done == ["suspended-page", "lifted-suspension"]


async def test_a_plan_is_given_by_hand(
    staff: Any, outsider: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
    organization = outsider.viewer.organization_id
    url = f"{AREA}/organizations/{organization}/plan"
    assert (await staff.post(url, data={"plan": "premium"})).is_redirect
    assert (await plan_of(organization, now)).key == "premium"
    wrong = await staff.post(url, data={"plan": "golden"})
    assert wrong.status_code == 422 and "no such plan" in wrong.text
    assert (await staff.post(url, data={"plan": "free"})).is_redirect
    assert (await plan_of(organization, now)).key == "free"
    assert [(kind, details["plan"]) for kind, _subject, details in await log()] == [
        ("gave-plan", "premium"),
        ("gave-plan", "free"),
    ]


async def test_a_plan_is_changed(staff: Any, plans: None, now: datetime) -> None:
    free, basic, *_more = await all_plans()
    url = f"{AREA}/plans/{basic.id}"
    assert 'value="12.00"' in (await staff.get(url)).text
    sent = {
        "name": "Small",
        "price": "9.50",
        "active_pages": "20",
        "products": "",
        "storage_gib": "30",
        "registrations_per_page": "1000",
        "team_size": "5",
        "fee_basis_points": "150",
        "own_names": "on",
    }
    for field, wrong in (("price", "-3"), ("team_size", "many"), ("fee_basis_points", "10001")):
        refused = await staff.post(url, data={**sent, field: wrong})
        assert refused.status_code == 422 and f'value="{wrong}"' in refused.text
    assert (await staff.post(url, data=sent)).headers["location"] == f"{AREA}/plans"
    changed = (await all_plans())[1]
    assert (changed.name, changed.amount, changed.visible) == ("Small", 950, False)
    assert changed.features.products is None and changed.features.own_names
    assert changed.features.storage_bytes == 30 * 1024**3
    kind, subject, details = (await log())[-1]
    assert (kind, subject, details["amount"]) == ("edited-plan", str(basic.id), "1200 → 950")
    assert "fee_basis_points" in details and "team_size" not in details
    assert (await all_plans())[0] == free
    shown = (await staff.get(f"{AREA}/plans")).text
    assert "Small" in shown and "€9.50" in shown and "Hidden" in shown


async def test_the_log_can_be_read_and_searched(staff: Any, outsider: Any) -> None:
    assert "Nothing yet" in (await staff.get(f"{AREA}/log")).text
    for number in range(60):
        await staff.get(AREA, params={"q": f"who-{number}"})
    first = (await staff.get(f"{AREA}/log")).text
    assert "who-59" in first and "who-0 " not in first and "127.0.0.1" in first
    assert "query: who-3<" in (await staff.get(f"{AREA}/log?page=2")).text
    narrowed = await staff.get(f"{AREA}/log?q=who-17", headers={"HX-Request": "true"})
    assert narrowed.text.count("<tr>") == 2  # the heading and one line
    assert "Nothing found" in (await staff.get(f"{AREA}/log?q=nobody")).text


async def test_what_is_not_there_is_not_found(staff: Any) -> None:
    nothing = new_id()
    for path in ("users", "pages", "orders", "plans"):
        assert (await staff.get(f"{AREA}/{path}/{nothing}")).status_code == 404
    for path in (
        "users/{}/sessions/removal",
        "users/{}/two-factor/removal",
        "organizations/{}/plan",
        "pages/{}/suspension/removal",
    ):
        url = f"{AREA}/{path.format(nothing)}"
        assert (await staff.post(url, data={"plan": "free"})).status_code == 404
    sent = {"reason": "x"}
    assert (await staff.post(f"{AREA}/pages/{nothing}/suspension", data=sent)).status_code == 404
    assert await log() == []


async def test_an_installation_may_want_two_factor_of_its_staff(
    staff: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "staff_require_two_factor", True)
    refused = await staff.get(AREA)
    assert refused.status_code == 403 and "two-factor" in refused.text
    await db.execute(
        "INSERT INTO two_factor (id, user_id, secret, created_at, confirmed_at) VALUES ($1, $2, '', $3, $3)",
        *(new_id(), staff.viewer.user_id, now),
    )
    assert (await staff.get(AREA)).status_code == 200


async def test_whoever_is_not_staff_finds_nothing(
    owner: Any, outsider: Any, client: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "staff_emails", ["someone@else.example"])
    page = await make_page(owner.viewer, now=now)
    plan = (await all_plans())[0]
    organization = owner.viewer.organization_id
    tries = (
        ("POST", f"/users/{owner.viewer.user_id}/sessions/removal", {}),
        ("POST", f"/users/{owner.viewer.user_id}/two-factor/removal", {}),
        ("POST", f"/organizations/{organization}/plan", {"plan": "premium"}),
        ("POST", f"/pages/{page.id}/suspension", {"reason": "x"}),
        ("POST", f"/pages/{page.id}/suspension/removal", {}),
        ("POST", f"/plans/{plan.id}", {"name": "Mine", "fee_basis_points": "0"}),
        ("POST", "/flags", {"name": "embedding", "percentage": "0"}),
        ("GET", "", None),
        ("GET", f"/users/{owner.viewer.user_id}", None),
        ("GET", "/log", None),
    )
    for method, path, data in tries:
        for member in (owner, outsider):
            answer = await member.request(method, f"{AREA}{path}", data=data)
            assert answer.status_code == 404, path
        stranger = await client.request(method, f"{AREA}{path}", data=data)
        assert stranger.headers["location"].startswith("/login"), path
    assert await log() == []
    assert not (await loading.by_id(page.id)).suspended
    assert AREA not in (await owner.get("/console/pages")).text
