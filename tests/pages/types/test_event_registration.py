"""Events: open, full, waitlist and closed, at the very instants; the link for registrants alone; questions held to rules."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import FieldError, validate
from app.core.ids import new_id
from app.core.local_times import fold_of, to_local
from app.pages import changing, collecting, extending, loading, pausing, publishing
from app.pages.editing import form_of, read_edit
from app.pages.fields import KINDS, FieldDefinition
from app.pages.types.base import Acceptance
from app.pages.types.event_registration.form import EventForm
from app.pages.types.event_registration.questions import COLUMNS, columns_of, read_questions
from app.stock import holding
from tests.factories.types import DAY, HOUR, make_draft_of, make_event, make_offer
from tests.support.hearing import heard

LINK = "https://zoom.us/j/123?pwd=secret"
ONLINE = {"kind": "virtual", "platform": "zoom", "link": LINK}


async def take(page: Any, number: int, now: Any) -> None:
    await holding.buy(
        {page.stock_id: number}, hold_id=new_id(), topic=page.topic, buyer_key="a", now=now
    )


async def accepts(page: Any, now: Any) -> Acceptance:
    return (await collecting.load_collection(page.short_id, now)).accepts


async def test_it_shows_when_where_and_how_many_come(owner: Any, client: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now)
    await take(page, 3, now)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Uferweg 12, Lübeck" in html and "Registration closes in" in html
    assert "7 places left" in html and "3 of 10 taken" in html
    assert f'action="/p/{page.short_id}/registrations"' in html


async def test_without_a_maximum_it_tells_how_many_come(owner: Any, client: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=None)
    await take(page, 3, now)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "3 registered" in html and "places left" not in html


@pytest.mark.parametrize("waitlist", [True, False])
async def test_full_it_offers_the_waitlist_or_says_so(
    owner: Any, client: Any, now: Any, waitlist: bool
) -> None:
    page = await make_event(owner.viewer, now=now, capacity=2, waitlist=waitlist)
    await take(page, 2, now)
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "All places are taken" in html
    assert ("Join the waitlist" in html) is waitlist
    assert (f'action="/p/{page.short_id}/registrations"' in html) is waitlist
    expected = Acceptance.WAITLIST if waitlist else Acceptance.FULL
    assert await accepts(page, now) is expected


async def test_a_place_held_for_the_waitlist_is_not_free(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1)
    assert page.stock_id
    await holding.hold(
        {page.stock_id: 1},
        hold_id=new_id(),
        topic=page.topic,
        buyer_key="a",
        now=now,
        until=now + HOUR,
    )
    assert await accepts(page, now) is Acceptance.WAITLIST


async def test_its_life_at_every_instant(owner: Any, client: Any, clock: Any) -> None:
    now = clock.now()
    page = await make_event(
        owner.viewer,
        now=now,
        launch_at=now + HOUR,
        starts_in=4 * HOUR,
        closes_at=now + 2 * HOUR,
        place=ONLINE,
        post_event_content="The recording is *here*.",
        expires_at=now + 9 * HOUR,
    )
    seen: list[tuple[str, str]] = []
    for _hour in range(10):
        found = await collecting.load_collection(page.short_id, clock.now())
        html = (await client.get(f"/p/{page.short_id}")).text
        assert LINK not in html and "secret" not in html
        assert ("The recording is <em>here</em>." in html) is (found.situation == "over")
        assert ('name="email"' in html) is (found.accepts is Acceptance.OPEN)
        seen.append((found.situation, found.accepts.value))
        clock.advance(HOUR)
    assert seen == [
        ("soon", "soon"),
        ("open", "open"),
        ("closed", "closed"),
        ("closed", "closed"),
        ("started", "closed"),
        ("started", "closed"),
        ("started", "closed"),
        ("over", "closed"),
        ("over", "closed"),
        ("over", "closed"),
    ]


async def test_its_moments_are_recorded_once(owner: Any, clock: Any, run_jobs: Any) -> None:
    now = clock.now()
    page = await make_event(
        owner.viewer, now=now, starts_in=2 * HOUR, closes_at=now + HOUR, expires_at=now + 6 * HOUR
    )
    for _hour in range(8):
        await run_jobs()
        clock.advance(HOUR)
    rows = await db.fetch(
        "SELECT to_state FROM page_transition WHERE page_id = $1 ORDER BY at", page.id
    )
    names = [row["to_state"] for row in rows]
    assert names == ["active", "closed", "started", "over", "expired"]


async def test_closed_full_and_paused_are_refused_in_words(owner: Any, clock: Any) -> None:
    now = clock.now()
    page = await make_event(owner.viewer, now=now, starts_in=HOUR)
    collecting.ensure_open(await collecting.load_collection(page.short_id, now))
    await pausing.pause(page, owner.viewer.user_id, now, moves_deadline=False)
    with pytest.raises(Conflict, match="paused"):
        collecting.ensure_open(await collecting.load_collection(page.short_id, now))
    later = now + HOUR
    with pytest.raises(Conflict, match="closed"):
        collecting.ensure_open(await collecting.load_collection(page.short_id, later))


async def test_what_collects_nothing_is_not_found(owner: Any, now: Any) -> None:
    offer = await make_offer(owner.viewer, now=now)
    draft = await make_draft_of(owner.viewer, "event-registration", now=now)
    for short_id in (offer.short_id, draft.short_id, "nothing"):
        with pytest.raises(NotFound):
            await collecting.load_collection(short_id, now)


async def test_places_are_added_and_told(owner: Any, client: Any, now: Any, run_jobs: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1)
    await take(page, 1, now)
    await extending.add_stock(page, 4, None, owner.viewer.user_id, now)
    assert await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'pages.added_stock'"
    )
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "4 places left" in html and "Pieces changed from 1 to 5" in html
    assert await accepts(page, now) is Acceptance.OPEN


async def test_a_page_without_a_maximum_has_no_places_to_add(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=None)
    with pytest.raises(Conflict):
        await extending.add_stock(page, 4, None, owner.viewer.user_id, now)
    html = (await owner.get(f"/console/pages/{page.id}")).text
    assert "Add places" not in html


def typed(page: Any, **changes: Any) -> dict[str, Any]:
    values = {name: value for name, value in form_of(page).values.items() if value != ""}
    return {**values, **changes}


async def test_a_moved_event_is_told_and_its_link_is_not(owner: Any, client: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, place=ONLINE)
    start = now + 11 * DAY
    values = typed(
        page,
        starts_at=to_local(start, page.zone),
        starts_at_fold=fold_of(start, page.zone),
        ends_at=to_local(start + HOUR, page.zone),
        ends_at_fold=fold_of(start + HOUR, page.zone),
        link="https://zoom.us/j/other",
        capacity="1",
    )
    form = validate(EventForm, values)
    edit = read_edit(form, page, {}, now)
    assert edit is not None and form.ok, form.errors
    await changing.save(page, edit, owner.viewer.user_id, now)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Start moved from" in html and "zoom.us" not in html
    told = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'pages.changed_times'"
    assert await db.fetch_value(told) == 1
    # How many places there are, an edit of a published page can't change.
    assert (await loading.by_id(page.id)).sells.quantity == 10


QUESTION = {
    "field_key": ["size"],
    "field_label": ["Size"],
    "field_kind": ["choice"],
    "field_required": ["yes"],
    "field_options": ["S\nM\nL"],
    "field_min": [""],
    "field_max": [""],
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": "2001-01-01T10:00"}, "ends_at"),
        ({"closes_at": "2199-01-01T10:00"}, "closes_at"),
        ({"expires_at": "2199-01-01T10:00", "ends_at": "2199-01-02T10:00"}, "ends_at"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "1000001"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"maximum_quantity": "0"}, "maximum_quantity"),
        ({"maximum_quantity": "51"}, "maximum_quantity"),
        ({"offer_minutes": "1"}, "offer_minutes"),
        ({"place": "virtual", "link": "http://zoom.us/j/1"}, "link"),
        ({"place": "virtual", "link": "javascript:alert(1)"}, "link"),
        ({"place": "virtual", "platform": "skype"}, "platform"),
        ({"reminders": ["60", "-1"]}, "reminders"),
        ({"reminders": ["60", "60"]}, "reminders"),
        ({**QUESTION, "field_options": [""]}, "field_label-0"),
        ({**QUESTION, "field_options": ["S\nS"]}, "field_label-0"),
        ({**QUESTION, "field_kind": ["riddle"]}, "field_label-0"),
        ({**QUESTION, "field_key": ["__proto__"]}, "field_label-0"),
        ({**QUESTION, "field_label": ["Size", "Colour"]}, "field_label"),
        ({**QUESTION, "field_kind": ["number"], "field_min": ["x"]}, "field_min-0"),
        ({**QUESTION, "field_kind": ["number"], "field_min": ["2"], "field_max": ["1"]}, "field_label-0"),
        ({**QUESTION, "field_kind": ["text"], "field_min": ["-1"]}, "field_label-0"),
        ({name: column * 2 for name, column in QUESTION.items()}, "field_label"),
        ({name: column * 22 for name, column in QUESTION.items()}, "field_label"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_said_beside_its_field(
    owner: Any, now: Any, changes: dict[str, Any], field: str
) -> None:
    start = now + 10 * DAY
    page = await make_draft_of(
        owner.viewer, "event-registration", now=now, starts_at=start, ends_at=start + HOUR
    )
    values = typed(page, **changes)
    answer = await owner.post(f"/console/pages/{page.id}/edit", data=values)
    assert answer.status_code == 422
    form = validate(EventForm, values)
    read_edit(form, page, {}, now)
    assert field in form.errors, form.errors
    assert (await loading.by_id(page.id)).version == page.version


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "when the event starts"), ({"place": {"kind": "physical"}}, "where the event takes")],
)
async def test_incomplete_it_is_not_published(
    owner: Any, now: Any, settings: dict[str, Any], words: str
) -> None:
    times = {"starts_at": now + DAY, "ends_at": now + DAY + HOUR} if settings else {}
    page = await make_draft_of(owner.viewer, "event-registration", now=now, **settings, **times)
    with pytest.raises(Invalid, match=words):
        await publishing.publish(page, owner.viewer.user_id, now)


async def test_outsiders_neither_see_nor_change_it(owner: Any, outsider: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now)
    sent = await outsider.post(f"/console/pages/{page.id}/edit", data=typed(page, title="Mine"))
    assert sent.status_code == 404
    added = await outsider.post(f"/console/pages/{page.id}/stock", data={"add": "5"})
    assert added.status_code == 404
    stored = await loading.by_id(page.id)
    assert (stored.title, stored.sells.quantity) == (page.title, 10)


labels = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
# On a busy machine making the inputs may take a while.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def definitions(draw: st.DrawFn) -> FieldDefinition:
    kind = draw(st.sampled_from(KINDS))
    low, high = sorted(draw(st.tuples(st.integers(0, 1000), st.integers(0, 1000))))
    return FieldDefinition(
        key=draw(st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)),
        label=draw(labels),
        kind=kind,
        required=draw(st.booleans()),
        options=tuple(draw(st.lists(labels, min_size=1, max_size=5, unique=True)))
        if kind == "choice"
        else (),
        min=low if kind in ("text", "number") else None,
        max=high if kind in ("text", "number") else None,
    )


@patient
@given(st.lists(definitions(), max_size=3))
def test_questions_come_back_from_the_form_as_they_went(fields: list[FieldDefinition]) -> None:
    columns = columns_of(fields)
    assert read_questions([columns[name] for name in COLUMNS]) == tuple(fields)


@patient
@given(st.lists(st.lists(st.text(max_size=20), max_size=4), min_size=7, max_size=7))
def test_any_columns_are_read_or_refused(columns: list[list[str]]) -> None:
    try:
        found = read_questions(columns)
    except FieldError as error:
        assert error.field.startswith(("field_label", "field_min", "field_max"))
    else:
        assert all(field.label for field in found)
