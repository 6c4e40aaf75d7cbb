"""Every route of the console with another organization's ids: nothing is there, and nothing changes.

The routes are found in the application, so a new one is tried from its first day.
"""

from typing import Any

import httpx

from app.auth.viewer import Viewer
from tests.fuzz.attacking import Attack, Pairs, form_body
from tests.fuzz.discovery import Route, SentForm
from tests.fuzz.traces import Snapshot

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What a script would send; forms are read from the owner's pages.
SAID: Pairs = [("name", "x.pdf"), ("size", "3"), ("content_type", "image/png"), ("etags", "[]")]


def _owned(attack: Attack) -> list[Route]:
    """Routes of the console that name something; plans are everybody's."""
    found = [route for route in attack.routes if route.console and route.parameters]
    found = [route for route in found if "plan_key" not in route.parameters]
    assert len(found) > 30
    return found


async def _own_forms(attack: Attack) -> list[SentForm]:
    """What the owner would send, untouched."""
    return [form for _url, page in await attack.pages() for form in page.forms]


def _pairs(route: Route, url: str, forms: list[SentForm]) -> Pairs:
    path = url.partition("?")[0]
    own = [form for form in forms if form.method == route.method and form.path == path]
    return list(max(own, key=lambda form: len(form.fields)).fields) if own else SAID


def _staff_only(route: Route) -> bool:
    return route.template.startswith("/console/staff")


async def test_another_organizations_things_are_not_there(attack: Attack, outsider: Any) -> None:
    attack.snapshot = await Snapshot.take()
    forms = await _own_forms(attack)
    for route in _owned(attack):
        for values in attack.world.addresses(route):
            url = route.path(values) + (
                "?kind=original" if route.template.endswith("/uploads") else ""
            )
            pairs = _pairs(route, url, forms)
            for headers in (FORM, {**FORM, "HX-Request": "true"}):
                answer = await outsider.request(
                    route.method, url, content=form_body(pairs), headers=headers
                )
                assert answer.status_code == 404, (str(route), url, answer.status_code)
                assert attack.world.viewer.email not in answer.text
    assert await attack.snapshot.changed() == set()


async def test_the_owner_gets_through_with_the_same_requests(attack: Attack) -> None:
    """The control: the 404s above come from who asks, not from what is asked."""
    forms = await _own_forms(attack)
    for route in _owned(attack):
        if route.streams:
            continue
        answers: list[int] = []
        for values in attack.world.addresses(route):
            url = route.path(values) + (
                "?kind=original" if route.template.endswith("/uploads") else ""
            )
            answer = await attack.send(
                route.method, url, content=form_body(_pairs(route, url, forms)), headers=FORM
            )
            answers.append(answer.status_code)
        assert any(status != 404 for status in answers), (str(route), answers)


async def test_anothers_things_in_the_body_are_not_taken(attack: Attack, outsider: Any) -> None:
    """A page of one's own can't be made of another's products, nor a creation take another's id."""
    world = attack.world
    page, product = str(world.pages["draft"].id), world.values["product_id"]
    attack.snapshot = await Snapshot.take()
    new = {"title": "Mine", "type": "flash-sale", "zone": "UTC", "id": page}
    assert (await outsider.post("/console/pages", data=new)).status_code == 404
    sent = {"id": product, "name": "Mine", "price": "1", "currency": "EUR"}
    assert (await outsider.post("/console/products", data=sent)).status_code == 404
    assert await attack.snapshot.changed() == set()

    mine = "0197f000-0000-7000-8000-000000000001"
    assert (await outsider.post("/console/pages", data={**new, "id": mine})).status_code == 303
    attack.snapshot = await Snapshot.take()
    edit = {
        "title": "Mine",
        "item": [product],
        "item_amount": ["1"],
        "expires_at": "2100-01-01T00:00",
    }
    answer = await outsider.post(f"/console/pages/{mine}/edit", data=edit)
    assert answer.status_code == 422
    picked = await outsider.post(
        f"/console/pages/{mine}/picker", data={**edit, "add": product, "pick": "add"}
    )
    shown = await outsider.post(f"/console/pages/{mine}/preview", data=edit)
    for text in (answer.text, picked.text, shown.text):
        assert "Guide" not in text
    # Running again under another's id.
    rerun = await outsider.post(f"/console/pages/{mine}/rerun", data={"id": page})
    assert rerun.status_code in (404, 409, 422)
    assert await attack.snapshot.changed() == set()


async def test_lists_and_exports_hold_only_ones_own(attack: Attack, outsider: Any) -> None:
    for route in attack.routes:
        if route.method != "GET" or not route.console or route.parameters or _staff_only(route):
            continue
        if route.streams:
            continue
        for query in ("", "?q=a", f"?page_id={attack.world.values['page_id']}"):
            answer = await outsider.get(route.template + query)
            # A list of nothing, or of a page that is not there.
            narrowed = "page_id" in query
            assert answer.status_code in (200, 303, *([404] if narrowed else [])), str(route)
            for own in ("Guide", "Summer sale", "ann@example.com", attack.world.viewer.email):
                if "styleguide" not in route.template:
                    assert own not in answer.text, (str(route), own)


async def test_the_control_of_the_lists(attack: Attack) -> None:
    shown = ""
    for path in (
        "/console/products",
        "/console/pages",
        "/console/orders",
        "/console/orders/export.csv",
    ):
        shown += (await attack.send("GET", path)).text
    for own in ("Guide", "Summer sale", "ann@example.com"):
        assert own in shown


async def test_strangers_are_sent_to_the_login_page(attack: Attack, app: Any) -> None:
    base = str(attack.owner.base_url)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=base, headers={"Origin": base.rstrip("/")}
    ) as stranger:
        for route in attack.routes:
            if not route.console or "styleguide" in route.template or route.template == "/console":
                continue
            url = route.path(next(attack.world.addresses(route)))
            answer = await stranger.request(route.method, url, content=b"", headers=FORM)
            assert answer.status_code == 303, (str(route), answer.status_code)
            assert answer.headers["location"].startswith("/login"), str(route)
        assert await attack.snapshot.changed() == set()


FORGED = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "HTTP://EVIL"},
    {"Origin": ""},
)


async def test_forged_requests_do_nothing(attack: Attack) -> None:
    """What another site's page makes a logged-in browser send, on every unsafe route but the signed webhook."""
    for headers in FORGED:
        for route in attack.routes:
            if route.method == "GET" or route.template.startswith("/webhooks/"):
                continue
            url = route.path(next(attack.world.addresses(route)))
            answer = await attack.send(route.method, url, content=b"", headers={**FORM, **headers})
            assert answer.status_code == 403, (str(route), headers, answer.status_code)


async def test_without_an_origin_cookies_count_for_nothing(
    attack: Attack, owner: Any, app: Any
) -> None:
    viewer: Viewer = owner.viewer
    base = str(owner.base_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as bare:
        bare.cookies = owner.cookies
        answer = await bare.post("/console/account/name", data={"name": "Forged"})
    assert answer.status_code == 403
    assert viewer.name not in answer.text
    assert await attack.snapshot.changed() == set()
