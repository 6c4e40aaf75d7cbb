"""Who may do what, who leaves, and whose it is: an admin and an owner are left whatever happens at once."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from app.auth.groups import make_group
from app.auth.members import Member as Person
from app.auth.members import member, member_by_email, members_of
from app.auth.organizations import organization_of
from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import MayflyError
from app.core.ids import new_id
from app.teams import changing
from tests.conftest import Member, member_of
from tests.factories.auth import make_colleague
from tests.factories.pages import make_page

TEAM = "/console/team"
HTMX = {"HX-Request": "true"}


def url_of(viewer: Viewer, verb: str = "") -> str:
    return f"{TEAM}/members/{viewer.user_id}{verb}"


async def person(viewer: Viewer) -> Person:
    found = await member(viewer.user_id)
    assert found is not None
    return found


async def admin(owner: Member, now: datetime, email: str = "ada@example.com") -> Viewer:
    return await make_colleague(owner.viewer, email=email, roles=("admin",), now=now, name="Ada")


async def subjects(inbox: Any, run_jobs: Any, email: str) -> list[str]:
    await run_jobs()
    return [mail["subject"] for mail in await inbox(email)]


async def test_somebody_gets_several_roles_and_is_told(
    owner: Any, app: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    email = "several-1@example.com"
    viewer = await make_colleague(owner.viewer, email=email, roles=("viewer",), now=now)
    async with await member_of(app, now, viewer) as colleague:
        assert (await colleague.get("/console/pages/new")).status_code == 404
        sent = {"roles": ["editor", "volunteer"]}
        answer = await owner.post(url_of(viewer, "/roles"), data=sent, headers=HTMX)
        assert answer.status_code == 200 and "The roles are saved." in answer.text
        assert (await colleague.get("/console/pages/new")).status_code == 200  # at once
    assert (await person(viewer)).roles == {"editor", "volunteer"}
    assert any("has changed" in subject for subject in await subjects(inbox, run_jobs, email))
    details = await db.fetch_value("SELECT details FROM security_log WHERE kind = 'roles-changed'")
    assert '"after": "editor,volunteer"' in details and "olivia@example.com" in details
    nothing = await owner.post(url_of(viewer, "/roles"), data={"roles": []})
    assert nothing.status_code == 422 and "at least 1" in nothing.text
    assert (await person(viewer)).roles == {"editor", "volunteer"}


async def test_the_owner_stays_an_admin_and_stays(owner: Any, app: Any, now: Any) -> None:
    ada = await admin(owner, now)
    async with await member_of(app, now, ada) as other:
        for member_ in (owner, other):
            kept = await member_.post(url_of(owner.viewer, "/roles"), data={"roles": ["viewer"]})
            assert kept.status_code == 409 and "The owner stays an admin" in kept.text
            assert (await member_.delete(url_of(owner.viewer))).status_code == 409
            assert (await member_.post(url_of(owner.viewer, "/ownership"))).status_code == 409
    assert (await person(owner.viewer)).roles == {"admin"}


async def test_the_last_admin_stays_even_where_nobody_is_known_to_own(owner: Any, now: Any) -> None:
    """As the previous version left it: then the first admin is the owner."""
    await db.execute("UPDATE organization SET owner_id = NULL")
    ada = await admin(owner, now)
    answer = await owner.post(url_of(owner.viewer, "/roles"), data={"roles": ["viewer"]})
    assert answer.status_code == 409
    assert (await organization_of(owner.viewer.organization_id)).owner_id == owner.viewer.user_id
    assert (await owner.post(url_of(ada, "/roles"), data={"roles": ["viewer"]})).is_redirect


async def test_an_admin_may_step_down(owner: Any, app: Any, now: Any) -> None:
    ada = await admin(owner, now)
    async with await member_of(app, now, ada) as stepping:
        answer = await stepping.post(url_of(ada, "/roles"), data={"roles": ["viewer"]})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        assert (await stepping.get(TEAM)).status_code == 404


async def test_a_volunteer_sees_the_door_and_the_account_alone(
    owner: Any, client: Any, now: Any
) -> None:
    email = "volunteer@example.com"
    await make_colleague(owner.viewer, email=email, roles=("volunteer",), now=now)
    sent = {"email": email, "password": "a long enough one"}
    assert (await client.post("/login", data=sent)).headers["location"] == "/console"
    assert (await client.get("/console")).headers["location"] == "/console/door"
    assert (await client.get("/console/door")).status_code == 200
    account = await client.get("/console/account")
    assert account.status_code == 200
    for way in ("pages", "products", "orders", "registrations", "team", "codes", "billing"):
        assert f'href="/console/{way}"' not in account.text, way


async def test_moving_leaves_what_was_made_where_it_is(owner: Any, app: Any, now: Any) -> None:
    viewer = await make_colleague(owner.viewer, email="mover@example.com", now=now)
    page = await make_page(viewer, now=now)
    other = new_id()
    await make_group(other, owner.viewer.organization_id, "Elsewhere", now)
    async with await member_of(app, now, viewer) as mover:
        assert (await mover.get(f"/console/pages/{page.id}")).status_code == 200
        sent = {"group": str(other)}
        assert (await owner.post(url_of(viewer, "/group"), data=sent)).is_redirect
        assert (await mover.get(f"/console/pages/{page.id}")).status_code == 404
        assert (await mover.get("/console/pages/new")).status_code == 200
    moved = await person(viewer)
    assert (moved.group_id, moved.roles) == (other, {"editor"})
    assert (await owner.get(f"/console/pages/{page.id}")).status_code == 200
    nowhere = await owner.post(url_of(viewer, "/group"), data={"group": str(new_id())})
    assert nowhere.status_code == 404


async def test_who_is_removed_is_out_at_once_and_keeps_an_account(
    owner: Any, app: Any, client: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    email = "removed-1@example.com"
    viewer = await make_colleague(owner.viewer, email=email, now=now)
    page = await make_page(viewer, now=now)
    async with await member_of(app, now, viewer) as gone:
        answer = await owner.delete(url_of(viewer), headers=HTMX)
        assert answer.headers["hx-redirect"] == TEAM
        assert (await gone.get("/console/pages")).headers["location"].startswith("/login")
    left = await person(viewer)
    home = await organization_of(left.organization_id)
    assert home.id != owner.viewer.organization_id and home.owner_id == viewer.user_id
    assert left.roles == {"admin"}
    assert (await owner.get(f"/console/pages/{page.id}")).status_code == 200
    assert any("no longer in" in subject for subject in await subjects(inbox, run_jobs, email))
    sent = {"email": email, "password": "a long enough one"}
    assert (await client.post("/login", data=sent)).status_code == 303
    assert (await client.get("/console/pages")).status_code == 200
    assert (await client.get(f"/console/pages/{page.id}")).status_code == 404
    assert (await owner.get(url_of(viewer))).status_code == 404


async def test_an_admin_may_leave(owner: Any, app: Any, now: Any) -> None:
    ada = await admin(owner, now)
    async with await member_of(app, now, ada) as leaving:
        assert "Leave the team" in (await leaving.get(url_of(ada))).text
        answer = await leaving.post(url_of(ada))
        assert answer.headers["location"] == "/login"
        assert (await leaving.get(TEAM)).headers["location"].startswith("/login")


async def test_the_owner_hands_over_and_can_be_removed_then(
    owner: Any, app: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    email = "heir-1@example.com"
    heir = await make_colleague(owner.viewer, email=email, roles=("viewer",), now=now)
    ada = await admin(owner, now)
    async with await member_of(app, now, ada) as other, await member_of(app, now, heir) as new:
        refused = await other.post(url_of(heir, "/ownership"))
        assert refused.status_code == 409 and "Only the owner" in refused.text
        assert (await owner.post(url_of(heir, "/ownership"))).is_redirect
        assert (await organization_of(heir.organization_id)).owner_id == heir.user_id
        assert (await person(heir)).roles == {"viewer", "admin"}
        assert (await owner.post(url_of(heir, "/ownership"))).status_code == 409
        assert (await new.delete(url_of(owner.viewer), headers=HTMX)).status_code == 200
    assert any("You own" in subject for subject in await subjects(inbox, run_jobs, email))
    kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM security_log")]
    assert {"ownership-given", "ownership-taken", "team-removed"} <= set(kinds)


async def test_only_a_confirmed_address_can_own(owner: Any, now: Any) -> None:
    heir = await make_colleague(owner.viewer, email="heir@example.com", now=now)
    await db.execute('UPDATE "user" SET verified_at = NULL WHERE id = $1', heir.user_id)
    answer = await owner.post(url_of(heir, "/ownership"))
    assert answer.status_code == 409 and "confirm" in answer.text


async def _attempt(verb: Any) -> bool:
    try:
        await verb
    except MayflyError:
        return False
    return True


@pytest.mark.parametrize("first", [0, 1])
async def test_handing_over_and_removing_at_once_leaves_an_owner_inside(
    owner: Any, now: Any, first: int
) -> None:
    ada, heir = await admin(owner, now), await admin(owner, now, "heir@example.com")
    verbs = [
        changing.hand_over(owner.viewer, heir.user_id, now),
        changing.remove(ada, heir.user_id, now),
    ]
    done = await asyncio.gather(*(_attempt(verb) for verb in (verbs[first], verbs[1 - first])))
    assert sum(done) == 1
    organization = await organization_of(owner.viewer.organization_id)
    people = {one.id: one for one in await members_of(organization.id)}
    assert organization.owner_id is not None
    assert "admin" in people[organization.owner_id].roles


async def test_two_admins_who_remove_each_other_do_not_both_succeed(owner: Any, now: Any) -> None:
    one, two = await admin(owner, now), await admin(owner, now, "two@example.com")
    done = await asyncio.gather(
        _attempt(changing.remove(one, two.user_id, now)),
        _attempt(changing.remove(two, one.user_id, now)),
    )
    assert sum(done) == 1
    assert len(await members_of(owner.viewer.organization_id)) == 2


async def test_strangers_and_colleagues_without_the_right_change_nothing(
    owner: Any, outsider: Any, colleague: Any, app: Any, now: Any
) -> None:
    manager = await make_colleague(
        owner.viewer, email="manager@example.com", roles=("manager",), now=now
    )
    target = colleague.viewer
    before = await members_of(target.organization_id)
    async with await member_of(app, now, manager) as managing:
        for member_ in (outsider, managing):
            asked = [
                await member_.get(url_of(target)),
                await member_.post(url_of(target, "/roles"), data={"roles": ["admin"]}),
                await member_.post(
                    url_of(target, "/group"), data={"group": str(member_.viewer.group_id)}
                ),
                await member_.post(url_of(target, "/ownership")),
                await member_.post(url_of(target)),
                await member_.delete(url_of(target)),
            ]
            assert {answer.status_code for answer in asked} == {404}
    assert [(one.id, one.roles) for one in await members_of(target.organization_id)] == [
        (one.id, one.roles) for one in before
    ]
    assert await member_by_email("carl@example.com") is not None
