"""An export is handed out to who may have all that is in it at that moment, and not to who might once."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.auth.erasing import leave
from app.auth.members import place
from app.core import db
from tests.conftest import Member, member_of
from tests.factories.auth import make_colleague

DATA = "/console/account/data"


@pytest.fixture
async def admin(app: Any, owner: Member, now: datetime) -> AsyncIterator[Member]:
    viewer = await make_colleague(owner.viewer, email="adam@example.com", roles=("admin",), now=now)
    async with await member_of(app, now, viewer) as member:
        yield member


async def exported(member: Member, run_jobs: Any) -> str:
    """Return the path of a fresh export."""
    await member.post(f"{DATA}/exports")
    await run_jobs()
    made: UUID = await db.fetch_value(
        "SELECT id FROM data_export WHERE user_id = $1 ORDER BY asked_at DESC, id DESC LIMIT 1",
        member.viewer.user_id,
    )
    return f"{DATA}/exports/{made}/file"


async def become(member: Member, now: datetime, *roles: str) -> None:
    who = member.viewer
    await place(who.user_id, who.organization_id, who.group_id, frozenset(roles), now)


async def test_an_admin_of_then_gets_the_organization_no_more(
    admin: Member, now: datetime, run_jobs: Any
) -> None:
    path = await exported(admin, run_jobs)
    assert (await admin.get(path)).status_code == 303
    await become(admin, now, "editor")
    refused = await admin.get(path)
    assert refused.status_code == 410
    assert "Ask for a fresh one" in refused.text
    # Their own things they get, and with the role all again.
    assert (await admin.get(await exported(admin, run_jobs))).status_code == 303
    await become(admin, now, "admin")
    assert (await admin.get(path)).status_code == 303


@pytest.mark.parametrize("role", ["admin", "editor"])
async def test_who_left_the_organization_takes_nothing_of_it_along(
    admin: Member, now: datetime, run_jobs: Any, role: str
) -> None:
    await become(admin, now, role)
    path = await exported(admin, run_jobs)
    async with db.transaction():
        await leave(admin.viewer.user_id, now)
    assert (await admin.get(path)).status_code == 410


async def test_what_the_version_before_built_is_asked_for_anew(
    admin: Member, run_jobs: Any
) -> None:
    path = await exported(admin, run_jobs)
    await db.execute("UPDATE data_export SET organization_id = NULL")
    assert (await admin.get(path)).status_code == 410
