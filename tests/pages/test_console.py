"""The console: every write by its owner works and is refused to an outsider; what is wrong stands at its field."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from app.core import db
from app.pages import loading
from app.pages.lifecycle import State
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product
from tests.support.moments import next_change

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
BERLIN = ZoneInfo("Europe/Berlin")


def editor(page: Any, **changed: Any) -> dict[str, Any]:
    """What a browser sends for the stored page."""
    from app.pages.editing import form_of

    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    return {**values, **changed}


async def test_making_a_page_twice_makes_one(owner: Any, now: Any) -> None:
    form = {"id": str(uuid4()), "type": "flash-sale", "title": "New", "zone": "Europe/Berlin"}
    for _time in range(2):
        answer = await owner.post("/console/pages", data=form)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/console/pages/{form['id']}/edit"
    assert await db.fetch_value("SELECT count(*) FROM page") == 1
    assert await db.fetch_value("SELECT count(*) FROM stock") == 1
    assert (await owner.get(f"/console/pages/{form['id']}/edit")).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("type", "nothing"), ("zone", "Mars/Base"), ("title", ""), ("title", "x" * 121), ("id", "7"),
     ("unknown", "x"), ("title", "nul\x00")],
)  # fmt: skip
async def test_a_bad_new_page_is_refused(owner: Any, field: str, value: str) -> None:
    form = {"id": str(uuid4()), "type": "flash-sale", "title": "New", "zone": "UTC", field: value}
    answer = await owner.post("/console/pages", data=form)
    assert answer.status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM page") == 0


async def test_the_editor_keeps_what_it_shows(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=editor(page))
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>([^<]+)', answer.text)
    stored = await loading.by_id(page.id)
    assert stored.settings == page.settings and stored.theme == page.theme
    assert stored.afterlife == page.afterlife
    assert [c.amount for c in stored.contents] == [c.amount for c in page.contents]
    assert stored.times.expires_at == page.times.expires_at.replace(second=0)  # type: ignore[union-attr]


BAD = [
    ("discount_percent", "101"),
    ("discount_percent", "-1"),
    ("discount_percent", "ten"),
    ("per_buyer_limit", "0"),
    ("quantity", "-5"),
    ("quantity", "99999999999999999999"),
    ("zone", "Mars/Base"),
    ("language", "xx"),
    ("expires_at", "2020-01-01T00:00"),
    ("expires_at", "yesterday"),
    ("text", "#fafafa"),
    ("accent", "red;}"),
    ("font", "comic"),
    ("sold_out_url", "http://example.com"),
    ("sold_out_url", "javascript:alert(1)"),
    ("after_url", "https://user@example.com"),
    ("after_days", "-1"),
    ("item_amount", "-1"),
    ("item_amount", "1e99"),
    ("item_amount", "19.999"),
    ("item", str(UUID(int=5))),
    ("title", ""),
]


@pytest.mark.parametrize(("field", "value"), BAD)
async def test_bad_values_stand_at_their_field(
    owner: Any, now: Any, field: str, value: str
) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = editor(page, **{field: value})
    if field == "sold_out_url":
        sent["sold_out_action"] = "redirect"
    if field == "after_url":
        sent["after_action"] = "redirect"
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    stored = await loading.by_id(page.id)
    assert (stored.version, stored.settings) == (page.version, page.settings)


async def test_an_unknown_field_and_another_content_type_are_refused(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}/edit"
    assert (await owner.post(url, data=editor(page, sneaky="1"))).status_code == 422
    assert (await owner.post(url, json={"title": "x"})).status_code == 400


async def test_the_end_must_be_after_the_launch(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = editor(page, launch_at="2199-01-02T10:00", expires_at="2199-01-01T10:00")
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
    assert answer.status_code == 422 and "after the launch" in answer.text


async def test_a_time_is_the_zones(owner: Any, now: datetime) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = editor(page, expires_at="2199-07-01T10:00")
    assert (await owner.post(f"/console/pages/{page.id}/edit", data=sent)).status_code == 303
    meant = datetime(2199, 7, 1, 8, tzinfo=UTC)
    assert (await loading.by_id(page.id)).times.expires_at == meant


@pytest.mark.any_moment
@pytest.mark.parametrize(
    ("by", "fold", "words", "after_change"),
    [
        (1, "", "skip", None),
        (-1, "", "twice", None),
        (-1, "first", "", -HOUR / 2),
        (-1, "second", "", HOUR / 2),
    ],
)
async def test_clock_changes_are_asked_about(
    owner: Any, now: datetime, by: int, fold: str, words: str, after_change: timedelta | None
) -> None:
    """In Berlin, half past two is skipped when clocks go an hour forward, and comes twice when they go back."""
    change = next_change(BERLIN, now + DAY, by=by * HOUR)
    page = await make_draft(owner.viewer, now=now)
    text = f"{change.astimezone(BERLIN):%Y-%m-%d}T02:30"
    sent = editor(page, expires_at=text, expires_at_fold=fold)
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
    if after_change is None:
        assert answer.status_code == 422 and words in answer.text
        if words == "twice":
            assert 'name="expires_at_fold"' in answer.text
    else:
        assert answer.status_code == 303
        assert (await loading.by_id(page.id)).times.expires_at == change + after_change


@pytest.mark.any_moment
async def test_the_whole_life_through_the_console(owner: Any, clock: Any, run_jobs: Any) -> None:
    now = clock.now()
    page = await make_draft(owner.viewer, now=now, launch_at=now + HOUR, expires_at=now + 9 * HOUR)
    url = f"/console/pages/{page.id}"

    async def state() -> State:
        return (await loading.by_id(page.id)).state(clock.now())

    async def do(path: str, method: str = "POST", **data: str) -> None:
        answer = await owner.request(method, f"{url}/{path}", data=data or None)
        assert answer.status_code in (200, 303), answer.text
        clock.advance(SECOND)

    await do("publication", at="launch")
    assert await state() is State.SCHEDULED
    await do("publication", "DELETE")
    assert await state() is State.DRAFT
    await do("publication", at="launch")
    clock.advance(HOUR)
    await run_jobs()
    assert await state() is State.ACTIVE
    await do("pause", deadline="moves")
    assert await state() is State.PAUSED
    clock.advance(HOUR)
    await do("pause", "DELETE")
    await do("pause", deadline="stands")
    await do("pause", deadline="over")
    await do("stock", add="5")
    await do("extension", expires_at="2199-01-01T10:00")
    await do("ending")
    assert await state() is State.EXPIRED
    again = str(uuid4())
    for _time in range(2):
        await do("rerun", id=again)
    assert (await loading.by_id(UUID(again))).state(clock.now()) is State.DRAFT
    assert (await loading.by_id(page.id)).successor_id == UUID(again)
    kept = await db.fetch(
        "SELECT from_state || '>' || to_state AS step, cause FROM page_transition WHERE page_id = $1 ORDER BY recorded_at, id",
        page.id,
    )
    assert [row["step"] for row in kept] == [
        "draft>scheduled", "scheduled>draft", "draft>scheduled", "scheduled>active", "active>paused",
        "paused>active", "active>paused", "paused>active", "active>expired",
    ]  # fmt: skip
    assert [row["cause"] for row in kept].count("time") == 1
    shown = (await owner.get(url)).text
    assert "Run again" in shown and "Pieces changed from 10 to 15" in shown


VERBS = [
    ("POST", "edit", {"title": "Mine"}),
    ("POST", "picker", {"title": "x", "pick": "add"}),
    ("POST", "theme", {"title": "x", "preset": "dusk"}),
    ("POST", "preview", {"title": "x"}),
    ("POST", "draft", {"title": "x"}),
    ("POST", "draft/removal", {}),
    ("POST", "publication", {"at": "now"}),
    ("DELETE", "publication", {}),
    ("POST", "pause", {"deadline": "stands"}),
    ("DELETE", "pause", {}),
    ("POST", "extension", {"expires_at": "2199-01-01T10:00"}),
    ("POST", "stock", {"add": "5"}),
    ("POST", "ending", {}),
    ("POST", "rerun", {"id": "0197a1b2-0000-7000-8000-000000000001"}),
    ("GET", "share-links", {}),
    ("POST", "share-links", {"source": "mail"}),
    ("GET", "", {}),
    ("GET", "edit", {}),
    ("GET", "preview", {}),
    ("GET", "figures", {}),
]


@pytest.mark.parametrize(("method", "path", "data"), VERBS)
async def test_an_outsider_finds_nothing(
    owner: Any, outsider: Any, client: Any, now: Any, method: str, path: str, data: dict[str, str]
) -> None:
    page = await make_page(owner.viewer, now=now)
    url = f"/console/pages/{page.id}/{path}".rstrip("/")
    assert (await outsider.request(method, url, data=data or None)).status_code == 404
    anonymous = await client.request(method, url, data=data or None)
    assert anonymous.status_code == 303 and "/login" in anonymous.headers["location"]
    stored = await loading.by_id(page.id)
    assert stored.version == page.version and stored.times == page.times


async def test_an_outsider_cannot_take_over_an_id_or_a_product(
    owner: Any, outsider: Any, now: Any
) -> None:
    page = await make_draft(owner.viewer, now=now)
    taken = {"id": str(page.id), "type": "flash-sale", "title": "Mine", "zone": "UTC"}
    assert (await outsider.post("/console/pages", data=taken)).status_code == 404
    theirs = await make_draft(outsider.viewer, now=now)
    sent = editor(theirs, item=str(page.contents[0].product_id))
    assert (await outsider.post(f"/console/pages/{theirs.id}/edit", data=sent)).status_code == 422


async def test_an_editor_edits_and_a_manager_publishes(
    owner: Any, colleague: Any, now: Any
) -> None:
    page = await make_draft(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    assert (await colleague.post(f"{url}/edit", data=editor(page))).status_code == 303
    assert (await colleague.post(f"{url}/publication")).status_code == 404
    sent = editor(await loading.by_id(page.id), intent="publish")
    assert (await colleague.post(f"{url}/edit", data=sent)).status_code == 422
    assert "Publish now" not in (await colleague.get(url)).text


async def test_saving_and_publishing_in_one_go(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = editor(page, intent="publish", title="Now or never")
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
    assert answer.status_code == 303
    stored = await loading.by_id(page.id)
    assert stored.title == "Now or never" and stored.state(now) is State.ACTIVE


async def test_a_page_without_products_is_not_published(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now, products=[])
    answer = await owner.post(f"/console/pages/{page.id}/publication", data={"at": "now"})
    assert answer.status_code == 422
    assert (await loading.by_id(page.id)).state(now) is State.DRAFT


async def test_a_changed_price_and_discount_are_logged_and_stock_stays(
    owner: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    sent = editor(page, discount_percent="50", item_amount="30", quantity="99999", inventory="none")
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=sent)
    assert answer.status_code == 303
    stored = await loading.by_id(page.id)
    assert {change.kind for change in stored.changes} == {"discount", "price"}
    assert stored.sells.quantity == 10 and stored.times == page.times


async def test_products_are_added_ordered_and_removed(owner: Any, now: Any) -> None:
    first = await make_product(owner.viewer, now=now, name="First")
    second = await make_product(owner.viewer, now=now, name="Second", amount=500)
    page = await make_draft(owner.viewer, now=now, products=[first])
    url = f"/console/pages/{page.id}/picker"

    async def pick(what: str, **more: Any) -> list[str]:
        sent = editor(page, pick=what, **more)
        answer = await owner.post(url, data=sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return re.findall(r'name="item" value="([^"]+)"', answer.text)

    assert await pick("add", add=str(second)) == [str(first), str(second)]
    both = {"item": [str(first), str(second)], "item_amount": ["19", "5"]}
    assert await pick("up:1", **both) == [str(second), str(first)]
    assert await pick("remove:0", **both) == [str(second)]
    for nonsense in ("up:0", "down:1", "remove:9", "remove:x", "jump"):
        assert await pick(nonsense, **both) == [str(first), str(second)]


async def test_the_preview_shows_unsaved_values(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now, amount=2000)
    url = f"/console/pages/{page.id}/preview"
    sent = editor(page, title="Unsaved <b>title</b>", discount_percent="10", background="#ffffff")
    html = (await owner.post(url, data=sent)).text
    assert "Unsaved &lt;b&gt;title&lt;/b&gt;" in html and "€18.00" in html
    assert "/p/theme/ffffff-" in html and "hx-sse:connect" not in html
    assert (await owner.post(url, data=editor(page, discount_percent="x"))).status_code == 204
    assert "Summer sale" in (await owner.get(url)).text
    assert (await loading.by_id(page.id)).version == page.version


async def test_the_signed_preview_is_for_who_has_the_link(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_draft(owner.viewer, now=clock.now())
    html = (await owner.get(f"/console/pages/{page.id}")).text
    link = re.search(r'data-copy="http[^"]*(/p/[^"]+/preview[^"]+)"', html)
    assert link
    url = link.group(1).replace("&amp;", "&")
    assert "Summer sale" in (await client.get(url)).text
    assert (await client.get(f"/p/{page.short_id}/preview")).status_code == 403
    assert (await client.get(url.replace("ts=", "ts=1"))).status_code == 403
    clock.advance(timedelta(days=8))
    assert (await client.get(url)).status_code == 410


async def test_the_list_finds_filters_and_stays_cheap(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await make_product(owner.viewer, now=now)
    for index in range(23):
        await make_draft(owner.viewer, now=now, products=[product], title=f"Draft {index}")
    await make_page(owner.viewer, now=now, products=[product], title="Running 100%")
    asked: list[str] = []
    connection = db.connection

    def counting() -> Any:
        asked.append("statement")
        return connection()

    monkeypatch.setattr(db, "connection", counting)
    html = (await owner.get("/console/pages")).text
    assert len(asked) <= 6
    assert "Running 100%" in html and "Draft 22" in html and "Draft 0<" not in html
    assert "Draft 0<" in (await owner.get("/console/pages?page=2")).text
    found = (await owner.get("/console/pages?q=100%25")).text
    assert "Running" in found and "Draft 1" not in found
    active = (await owner.get("/console/pages?state=active")).text
    assert "Running" in active and "Draft 1" not in active
    assert "No page fits" in (await owner.get("/console/pages?q=nothing")).text
    for odd in ("page=-1", "page=x", "page=99999999999", "state=evil", "q=%00"):
        assert (await owner.get(f"/console/pages?{odd}")).status_code == 200


async def test_nothing_yet_is_said_kindly(owner: Any) -> None:
    assert "No pages yet" in (await owner.get("/console/pages")).text


async def test_what_stands_against_a_verb_is_said_on_the_page(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    url = f"/console/pages/{page.id}"
    for path, method, data in (
        ("pause", "DELETE", {}),
        ("publication", "POST", {"at": "now"}),
        ("extension", "POST", {"expires_at": "2001-01-01T10:00"}),
        ("rerun", "POST", {"id": str(uuid4())}),
    ):
        answer = await owner.request(
            method, f"{url}/{path}", data=data or None, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 409, path
        assert 'role="alert"' in answer.text and 'id="page-detail"' in answer.text
    for path, data in (
        ("pause", {"deadline": "maybe"}),
        ("stock", {"add": "0"}),
        ("stock", {"add": "5", "sneaky": "1"}),
        ("extension", {"expires_at": "soon"}),
        ("publication", {"at": "never"}),
    ):
        answer = await owner.post(f"{url}/{path}", data=data)
        assert answer.status_code == 422, path
    stored = await loading.by_id(page.id)
    assert (stored.version, stored.times) == (page.version, page.times)


async def test_adding_stock_twice_by_one_form_adds_it_once(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, quantity=5)
    sent = {"id": str(uuid4()), "add": "3"}
    for _time in range(2):
        assert (await owner.post(f"/console/pages/{page.id}/stock", data=sent)).status_code == 303
    stored = await loading.by_id(page.id)
    assert stored.sells.quantity == 8 and len(stored.changes) == 1
