"""The console's billing and the public prices: for admins alone, with the way to more, and honest about what is too much."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.billing.assigning import assign_plan
from app.billing.following import follow
from app.billing.limits import plan_of
from app.billing.overrunning import look_over
from app.billing.queries import live_of
from app.core.ids import new_id
from app.core.settings import get_settings
from tests.conftest import member_of
from tests.factories.auth import make_colleague
from tests.factories.billing import allowing, subscription_row
from tests.factories.deliveries import make_sold
from tests.factories.products import make_product
from tests.factories.subscriptions import subscribe

BILLING = "/console/billing"
HTMX = {"HX-Request": "true"}


async def test_prices_are_public(client: httpx.AsyncClient) -> None:
    shown = await client.get("/pricing")
    assert shown.status_code == 200
    for words in (
        "Free",
        "€12.00",
        "€39.00",
        "On request",
        "3 pages at a time",
        "5 % fee on sales",
        "mailto:",
    ):
        assert words in shown.text
    assert 'href="/pricing"' in (await client.get("/")).text


async def test_whom_to_write_to_is_a_setting(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "sales_email", "sales@mayfly.example")
    assert "mailto:sales@mayfly.example" in (await client.get("/pricing")).text


async def test_billing_shows_the_plan_and_what_is_used(owner: Any, now: Any) -> None:
    await make_product(owner.viewer, now=now)
    shown = (await owner.get(BILLING)).text
    for words in (
        "It costs nothing",
        "Active products",
        "Choose Basic",
        "Write to us",
        "Nothing was sold",
    ):
        assert words in shown
    assert '<progress class="" value="1" max="10"' in shown


@pytest.mark.parametrize("role", ["viewer", "editor", "manager", "volunteer"])
async def test_only_admins_see_billing(app: Any, owner: Any, clock: Any, role: str) -> None:
    viewer = await make_colleague(
        owner.viewer, email=f"{role}@example.com", roles=(role,), now=clock.now()
    )
    async with await member_of(app, clock.now(), viewer) as member:
        for path in (
            BILLING,
            f"{BILLING}/invoices",
            f"{BILLING}/plans/basic",
            f"{BILLING}/started",
        ):
            assert (await member.get(path)).status_code == 404
        for path, form in FORMS:
            assert (await member.post(f"{BILLING}{path}", data=form)).status_code == 404


FORMS: list[tuple[str, dict[str, str]]] = [
    ("/subscription", {"plan": "basic"}),
    ("/plan", {"plan": "premium", "id": str(new_id()), "at": "2026-01-01T00:00:00Z"}),
    ("/cancellation", {"ends": "yes"}),
    ("/portal", {}),
]


async def test_an_outsider_changes_their_own_billing_alone(
    owner: Any, outsider: Any, stripe_account: Any, now: Any
) -> None:
    live = await subscribe(owner.viewer, stripe_account, now)
    await outsider.post(f"{BILLING}/cancellation", data={"ends": "yes"})
    await outsider.post(f"{BILLING}/plan", data=FORMS[1][1])
    portal = await outsider.post(f"{BILLING}/portal")
    assert portal.headers["location"] == BILLING
    url = f"{BILLING}/started?session_id={live.checkout_id}"
    shown = await outsider.get(url, follow_redirects=True)
    assert "It costs nothing" in shown.text and "Your plan is" not in shown.text
    assert "No invoices yet" in (await outsider.get(f"{BILLING}/invoices")).text
    kept = await live_of(owner.viewer.organization_id)
    assert kept is not None and (kept.plan.key, kept.cancel_at) == ("basic", None)


async def test_from_choosing_to_cancelling_by_forms_alone(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    organization = owner.viewer.organization_id
    choice = await owner.get(f"{BILLING}/plans/basic")
    assert "Continue to payment" in choice.text and "€12.00" in choice.text
    answer = await owner.post(f"{BILLING}/subscription", data={"plan": "basic"})
    assert answer.status_code == 303 and "/c/pay/" in answer.headers["location"]
    live = await live_of(organization)
    assert live is not None and live.checkout_id is not None
    back = f"{BILLING}/started?session_id={live.checkout_id}"
    early = await owner.get(back, follow_redirects=True)
    assert "has not arrived yet" in early.text
    await stripe_account.pay(live.checkout_id)
    assert "Your plan is Basic now" in (await owner.get(back, follow_redirects=True)).text
    for unknown in ("cs_none", "", "%C3%A4", "x" * 300):
        answer = await owner.get(f"{BILLING}/started?session_id={unknown}")
        assert (answer.status_code, answer.headers["location"]) == (303, BILLING)
    again = await owner.post(f"{BILLING}/subscription", data={"plan": "premium"})
    assert again.status_code == 409 and "has a paid plan already" in again.text
    choice = (await owner.get(f"{BILLING}/plans/premium")).text
    assert "The difference for the rest of the period" in choice
    form = {name: choice.split(f'name="{name}" value="')[1].split('"')[0] for name in ("id", "at")}
    for _ in range(2):
        sent = await owner.post(f"{BILLING}/plan", data={"plan": "premium", **form})
        assert sent.status_code == 303
    assert (await plan_of(organization, now)).key == "premium"
    assert "taken off your next invoices" in (await owner.get(f"{BILLING}/plans/basic")).text
    invoices = (await owner.get(f"{BILLING}/invoices")).text
    assert invoices.count("/i/in_") == 4 and "PDF" in invoices
    portal = await owner.post(f"{BILLING}/portal")
    assert portal.status_code == 303 and "/p/session/" in portal.headers["location"]
    ended = await owner.post(f"{BILLING}/cancellation", data={"ends": "yes"}, follow_redirects=True)
    assert "Go on after all" in ended.text and "was cancelled and goes on until" in ended.text
    await owner.post(f"{BILLING}/cancellation", data={"ends": "no"})
    assert "It renews" in (await owner.get(BILLING)).text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/subscription", {}),
        ("/subscription", {"plan": ""}),
        ("/plan", {"plan": "basic", "id": "x", "at": "now"}),
        ("/plan", {"plan": "basic", "id": str(new_id()), "at": "2026-01-01T00:00:00"}),
        ("/cancellation", {"ends": "perhaps"}),
    ],
)
async def test_what_is_no_form_of_ours(owner: Any, path: str, form: dict[str, str]) -> None:
    assert (await owner.post(f"{BILLING}{path}", data=form)).status_code == 400


@pytest.mark.parametrize("key", ["golden", "free", "enterprise", "%00", "b'asic"])
async def test_plans_that_nobody_can_subscribe_to(owner: Any, key: str) -> None:
    answer = await owner.post(f"{BILLING}/subscription", data={"plan": key})
    assert answer.status_code == 404


async def test_nothing_to_end_is_said(owner: Any) -> None:
    answer = await owner.post(f"{BILLING}/cancellation", data={"ends": "yes"})
    assert answer.status_code == 409 and "no paid plan" in answer.text


async def test_stripe_away_is_said(owner: Any, stripe_account: Any, now: Any) -> None:
    await subscribe(owner.viewer, stripe_account, now)
    await stripe_account.switches(api="down")
    assert (await owner.get(BILLING)).status_code == 200
    for path in ("/invoices", "/plans/premium"):
        answer = await owner.get(f"{BILLING}{path}")
        assert answer.status_code == 502 and "does not answer" in answer.text


async def test_a_declined_card_is_said(owner: Any, stripe_account: Any, now: Any) -> None:
    live = await subscribe(owner.viewer, stripe_account, now)
    await stripe_account.subscription(live.stripe_id, "card", outcome="bad")
    form = {"plan": "premium", "id": str(new_id()), "at": now.isoformat()}
    answer = await owner.post(f"{BILLING}/plan", data=form)
    assert answer.status_code == 402 and "The card was declined" in answer.text


async def test_every_page_of_the_console_says_that_a_payment_is_missing(
    owner: Any, colleague: Any, stripe_account: Any, clock: Any
) -> None:
    assert "notice bad banner" not in (await owner.get("/console/pages")).text
    live = await subscribe(owner.viewer, stripe_account, clock.now())
    await stripe_account.subscription(live.stripe_id, "card", outcome="bad")
    await stripe_account.subscription(live.stripe_id, "end-period")
    await follow(live.id, clock.now())
    clock.advance(timedelta(seconds=31))
    for path in ("/console/pages", "/console/products", "/console/orders", BILLING):
        shown = (await owner.get(path)).text
        assert "The payment for the plan Basic failed" in shown
        assert "Change the card or pay" in shown
    theirs = (await colleague.get("/console/pages")).text
    assert "The payment for the plan Basic failed" in theirs
    assert "An admin of your team can help." in theirs and f'href="{BILLING}"' not in theirs
    fragment = await owner.get("/console/pages", headers=HTMX)
    assert "The payment for the plan" not in fragment.text
    assert "Payment missing" in (await owner.get(BILLING)).text
    clock.advance(timedelta(days=8))
    assert "The payment for the plan" not in (await owner.get("/console/pages")).text


async def test_too_much_is_said_until_there_is_less(owner: Any, clock: Any, run_jobs: Any) -> None:
    organization = owner.viewer.organization_id
    await assign_plan(organization, "premium", clock.now(), None)
    products = [await make_product(owner.viewer, now=clock.now()) for _ in range(2)]
    await run_jobs()
    async with allowing(products=1):
        choice = (await owner.get(f"{BILLING}/plans/free")).text
        assert "You have more than Free allows" in choice
        await assign_plan(organization, "free", clock.now(), None)
        await run_jobs()
        clock.advance(timedelta(seconds=31))
        shown = (await owner.get("/console/orders")).text
        assert "There is more than your plan allows: Active products" in shown
        billing = (await owner.get(BILLING)).text
        assert "Too much" in billing and "Deactivate products" in billing
        await owner.post(f"/console/products/{products[0]}/deactivation")
        assert "There is more than" not in (await owner.get("/console/orders")).text
        assert await look_over(organization, clock.now()) == []


async def test_the_fee_is_fixed_when_the_order_is_completed(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    from app.core import db
    from app.orders.fulfilling import complete
    from app.payments.gateway import get_gateway
    from tests.factories.orders import buy, make_sale, order_row

    sale = await make_sale(owner.viewer, now, quantity=9)
    placed = await buy(sale, now, 2)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    row = await order_row(placed.order_id)
    assert (row["fee_basis_points"], row["fee_amount"]) == (500, row["amount"] * 500 // 10_000)
    await assign_plan(owner.viewer.organization_id, "enterprise", now, None)
    assert "Platform fee (5 %)" in (await owner.get(f"/console/orders/{placed.order_id}")).text
    half = row["amount"] // 2
    await db.execute('UPDATE "order" SET refunded_amount = $1', half)
    shown = (await owner.get(BILLING)).text
    assert "Sales of this month" in shown
    free = await make_sold(owner.viewer, now, stored=False)
    assert (await order_row(free.id))["fee_amount"] == 0


async def test_a_plan_by_staff_is_shown_as_such(owner: Any, now: Any) -> None:
    await assign_plan(owner.viewer.organization_id, "enterprise", now, None)
    shown = (await owner.get(BILLING)).text
    assert "Arranged with us" in shown and "No limit" in shown and "mailto:" in shown
    choice = (await owner.get(f"{BILLING}/plans/basic")).text
    assert "Continue to payment" not in choice
    row = await subscription_row(owner.viewer.organization_id)
    assert row is not None and row["source"] == "staff"
