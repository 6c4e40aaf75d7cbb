"""Mass assignment: a form sets what it shows and nothing else, whatever is sent along; and only to things of one's own.

The forms and what they send are found in the application, so a new one is tried from its first day.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import db
from app.core.forms import FormModel
from app.core.ids import parse_id
from tests.factories.auth import make_colleague
from tests.factories.codes import make_code
from tests.factories.pages import make_draft
from tests.factories.products import make_product
from tests.fuzz.attacking import Attack, form_body
from tests.fuzz.discovery import SentForm
from tests.fuzz.test_forms import Target, targets_of
from tests.fuzz.traces import Snapshot

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NUMBER, MOMENT, WORD = "7340033", "2001-09-09T01:46:40Z", "xsetx"
ID = "0197f000-0000-7000-8000-00000000feed"
# What nobody may say of their own things, under the names that columns and objects have.
NUMBERS = (
    "sold", "held", "amount_total", "refunded_amount", "price_paid", "version", "generation", "attempts",
    "discount", "fee", "size_limit", "storage", "attended",
)  # fmt: skip
IDS = (
    "organization_id", "group_id", "user_id", "owner_id", "owner", "member_id", "page_id", "product_id", "order_id", "stock_id",
    "hold_id", "customer_id", "buyer_key", "code_id", "link_id", "plan_id", "file_id", "registration_id", "successor_id", "session_id",
)  # fmt: skip
MOMENTS = (
    "verified_at", "published_at", "ended_at", "created_at", "updated_at", "completed_at", "accepted_at", "checked_in_at",
    "paused_at", "suspended_at", "deleted_at", "paid_at",
)  # fmt: skip
WORDS = (
    "state", "status", "role", "is_staff", "is_admin", "staff", "admin", "verified", "paid", "password_hash", "secret", "object_key",
    "short_id", "number", "stripe_session_id", "payment_intent", "customer", "features", "settings", "theme_json", "__class__", "_method",
)  # fmt: skip
EXTRA = {
    **dict.fromkeys(NUMBERS, NUMBER), **dict.fromkeys(IDS, ID), **dict.fromkeys(MOMENTS, MOMENT), **dict.fromkeys(WORDS, WORD),
}  # fmt: skip
# So a row would show that one of them was stored.
MARKS = (NUMBER, ID, "2001-09-09", WORD)


def _models(base: type[FormModel] = FormModel) -> Iterator[type[FormModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def test_no_form_takes_what_it_does_not_name(attack: Attack) -> None:
    """Also those that no page shows: every model of a form refuses what it does not know, and knows none of these."""
    models = set(_models())
    assert len(models) > 50
    for model in models:
        assert model.model_config.get("extra") == "forbid", model
        assert not set(model.model_fields) & set(EXTRA), model


async def _more_rows_with(marks: tuple[str, ...], tables: set[str]) -> list[str]:
    """Return the tables that hold one of `marks` in more rows than when the snapshot was taken."""
    pattern, found = "|".join(marks), list[str]()
    for table in sorted(tables):
        now, before = [
            await db.fetch_value(
                f'SELECT count(*) FROM {schema}"{table}" t WHERE t::text ~ $1', pattern
            )
            for schema in ("", "kept.")
        ]
        if now > before:
            found.append(table)
    return found


async def _send(attack: Attack, form: SentForm, pairs: list[tuple[str, str]]) -> httpx.Response:
    """Send a form as its reader would; what it did stays."""
    client = attack.owner if form.path.startswith("/console") else attack.visitor
    cookies = dict(client.cookies)
    answer = await client.request(form.method, form.path, content=form_body(pairs), headers=FORM)
    client.cookies = cookies
    # What was undone here stays done at the payment sandbox, which then refuses to do it again: 502.
    assert answer.status_code < 500 or answer.status_code == 502, (form, answer.text[:300])
    return answer


def _written(targets: list[Target]) -> list[Target]:
    return [target for target in targets if target.form.method != "GET"]


async def test_what_is_sent_along_is_refused_and_never_stored(attack: Attack) -> None:
    names = sorted(EXTRA)
    refused = 0
    for turn, target in enumerate(_written(await targets_of(attack))):
        others = [name for name in names if name not in target.form.names]
        for extra in (others, [others[turn % len(others)]]):
            pairs = [*target.form.fields, *((name, EXTRA[name]) for name in extra)]
            answer = await _send(attack, target.form, pairs)
            changed = await attack.snapshot.changed()
            assert await _more_rows_with(MARKS, changed) == [], (target.name, extra)
            if changed:
                await attack.snapshot.restore(changed)
            refused += answer.status_code == 422
    assert refused > 100
    # The control: it would have been found.
    await db.execute("UPDATE product SET description = $1", f"so {WORD} is it")
    assert await _more_rows_with(MARKS, await attack.snapshot.changed()) == ["product"]


async def _victims(outsider: Any, now: datetime) -> dict[str, UUID]:
    """Mallory's things, by the table that they are in."""
    viewer = outsider.viewer
    product = await make_product(viewer, now=now, name="Mallory's")
    page = await make_draft(viewer, now=now, products=[product])
    code = await make_code(viewer, now)
    colleague = await make_colleague(viewer, email="moe@example.com", now=now)
    return {
        "product": product,
        "page": page.id,
        "page_content": page.contents[0].id,
        "discount_code": code.id,
        "user": colleague.user_id,
        "group": viewer.group_id,
        "organization": viewer.organization_id,
    }


async def _as_they_are(victims: dict[str, UUID]) -> list[str]:
    return [
        str(await db.fetch_value(f'SELECT t::text FROM "{table}" t WHERE id = $1', id))
        for table, id in victims.items()
    ]


def _naming(form: SentForm) -> set[str]:
    """The fields that name something by its id, and those that would if something were picked."""
    named = {name for name, value in form.fields if parse_id(value) is not None}
    return named | ({"add", "item", "page", "group", "content", "code"} & set(form.names))


async def test_no_form_takes_another_organizations_things(
    attack: Attack, outsider: Any, now: datetime
) -> None:
    """Where a form names something by its id, the id of something that belongs to others is as good as none."""
    victims = await _victims(outsider, now)
    attack.snapshot = await Snapshot.take()
    before, tried = await _as_they_are(victims), 0
    for target in _written(await targets_of(attack)):
        for name in _naming(target.form):
            own = name not in ("id", "attempt")
            for id in [*victims.values()][: None if own else 2]:
                await _send(attack, target.form, target.form.replaced({name: str(id)}))
                tried += 1
                changed = await attack.snapshot.changed()
                if not changed:
                    continue
                assert await _as_they_are(victims) == before, (target.name, name)
                # A thing that is made takes the id that it is given: that is nobody's.
                if own and "/staff/" not in target.name:
                    rows = await _more_rows_with((str(id),), changed)
                    assert rows == [], (target.name, name, rows)
                await attack.snapshot.restore(changed)
    assert tried > 100


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
async def test_only_forms_are_forms(attack: Attack, kind: str) -> None:
    """Nothing nested gets in by another kind of body."""
    body = b'{"name": {"__class__": "x"}, "organization_id": "1", "zone": ["UTC"]}'
    answer = await attack.send(
        "POST", "/console/account/profile", content=body, headers={"Content-Type": kind}
    )
    assert answer.status_code == 400
