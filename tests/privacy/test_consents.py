"""Every wording that somebody agreed to is kept, by version, and each registration says which was its own."""

import asyncio
import json
import runpy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.core import db
from app.registrations.consents import consent_of, kept_version
from app.registrations.links import manage_path
from app.registrations.queries import registration_of
from tests.factories.registrations import make_registration
from tests.factories.types import make_event

FILE = Path(__file__).parents[2] / "migrations/registrations/registrations_2026_11_21_71.py"
FIRST, SECOND = "I agree to everything.", "I agree to less."


async def test_each_wording_is_a_version(owner: Any, client: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now)
    made = [
        await make_registration(page, now, f"{number}@example.com", consent_text=text)
        for number, text in enumerate((FIRST, SECOND, FIRST))
    ]
    versions = [await consent_of(one.consent_id) for one in made]
    assert [(one.version, one.text, one.language) for one in versions if one] == [
        (1, FIRST, "en"),
        (2, SECOND, "en"),
        (1, FIRST, "en"),
    ]
    detail = (await owner.get(f"/console/registrations/{made[1].id}")).text
    assert "Version 2 of this page" in detail and SECOND in detail
    export = json.loads((await client.get(f"{manage_path(made[1].id, now)}/export")).text)
    assert (export["consent"]["text"], export["consent"]["version"]) == (SECOND, 2)
    assert export["consent"]["version_since"] == now.isoformat()


async def test_languages_and_pages_are_apart(owner: Any, now: datetime) -> None:
    one, other = await make_event(owner.viewer, now=now), await make_event(owner.viewer, now=now)
    ids = [
        await kept_version(page.id, FIRST, language, now)
        for page, language in ((one, "en"), (one, "de"), (other, "en"), (one, "en"))
    ]
    assert len(set(ids)) == 3 and ids[0] == ids[3]
    found = [await consent_of(id) for id in ids]
    assert [each.version for each in found if each] == [1, 2, 1, 1]


async def test_many_who_agree_first_at_once_agree_to_one_version(owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now)

    async def keep(text: str) -> Any:
        async with db.transaction():
            return await kept_version(page.id, text, "en", now)

    ids = await asyncio.gather(*(keep(text) for text in (FIRST, SECOND) * 4))
    assert len(set(ids)) == 2
    rows = await db.fetch("SELECT version FROM consent_text ORDER BY version")
    assert [row["version"] for row in rows] == [1, 2]


async def test_a_waitlist_is_in_the_registrants_export(
    owner: Any, client: Any, now: datetime
) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1)
    await make_registration(page, now, "seated@example.com")
    waits = await make_registration(page, now, "waits@example.com")
    export = json.loads((await client.get(f"{manage_path(waits.id, now)}/export")).text)
    (wait,) = export["waitlist"]
    assert (wait["state"], wait["quantity"]) == ("waiting", 1)


async def test_what_was_agreed_to_before_there_were_versions_gets_them(
    owner: Any, now: datetime
) -> None:
    page = await make_event(owner.viewer, now=now)
    old = [
        await make_registration(page, now, f"{number}@example.com", consent_text=text)
        for number, text in enumerate((FIRST, SECOND, FIRST))
    ]
    for number, one in enumerate(old):
        then = now - timedelta(days=9 - number)
        await db.execute("UPDATE registration SET consent_at = $2 WHERE id = $1", one.id, then)
    migration = runpy.run_path(str(FILE))
    await migration["_backwards"]()
    await migration["_forwards"]()
    found = [await consent_of((await registration_of(one.id)).consent_id) for one in old]
    assert [(one.version, one.text) for one in found if one] == [
        (1, FIRST),
        (2, SECOND),
        (1, FIRST),
    ]
    assert found[0] and found[0].since == now - timedelta(days=9)
