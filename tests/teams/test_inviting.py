"""Inviting by mail: new and known addresses, once, for a week, until it is taken back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.auth.members import member_by_email
from app.auth.organizations import organization_of
from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.teams.forgetting import forget_invitations
from tests.conftest import Member, member_of
from tests.factories.auth import make_colleague
from tests.factories.pages import make_page
from tests.factories.products import make_product
from tests.factories.teams import make_invitation, path_of

TEAM = "/console/team"
INVITE = f"{TEAM}/invitations"
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
JOIN = {"name": "Dora", "password": "a long enough one"}


def form(viewer: Any, email: str, **changes: Any) -> dict[str, Any]:
    asked = {"id": str(new_id()), "email": email, "group": str(viewer.group_id)}
    return {**asked, "roles": ["editor"], **changes}


async def invitation_id(email: str) -> Any:
    return await db.fetch_value("SELECT id FROM invitation WHERE email = $1", email)


async def kinds() -> list[str]:
    rows = await db.fetch("SELECT kind FROM security_log ORDER BY created_at, id")
    return [row["kind"] for row in rows]


async def mailed(inbox: Any, run_jobs: Any, email: str) -> list[str]:
    await run_jobs()
    return [
        path_of(link) for mail in await inbox(email) for link in mail["links"] if "/invit" in link
    ]


async def test_a_new_address_makes_its_account_from_the_link_and_sees_the_group(
    owner: Any, client: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    page = await make_page(owner.viewer, now=now, title="The river")
    asked = form(owner.viewer, "dora-1@example.com", roles=["viewer", "volunteer"])
    assert (await owner.post(INVITE, data=asked)).status_code == 303
    shown = await owner.get(TEAM)
    assert "dora-1@example.com" in shown.text and "on its way to dora-1@example.com" in shown.text
    (path, *_more) = await mailed(inbox, run_jobs, "dora-1@example.com")
    invitation = await client.get(path)
    assert invitation.status_code == 200 and "Viewer, Volunteer" in invitation.text
    assert invitation.headers["referrer-policy"] == "no-referrer"
    joined = await client.post(f"{path}/account", data={**JOIN, "name": "Dora"})
    assert (joined.status_code, joined.headers["location"]) == (303, "/console")
    dora = await member_by_email("DORA-1@example.com")
    assert dora is not None and dora.verified and dora.roles == {"viewer", "volunteer"}
    assert dora.group_id == owner.viewer.group_id
    assert "The river" in (await client.get("/console/pages")).text
    refused = await client.post(f"/console/pages/{page.id}/pause", data={"deadline": "stands"})
    assert refused.status_code == 404
    again = await client.get(path)
    assert again.status_code == 410 and "accepted already" in again.text
    assert {"team-invited", "team-joined"} <= set(await kinds())
    assert "dora-1@example.com" not in str(await db.fetch("SELECT token_hash FROM invitation"))


async def test_a_form_sent_twice_invites_once(
    owner: Any, outsider: Any, run_jobs: Any, inbox: Any
) -> None:
    asked = form(owner.viewer, "twice-1@example.com")
    for _ in range(2):
        assert (await owner.post(INVITE, data=asked)).status_code == 303
    assert await db.fetch_value("SELECT count(*) FROM invitation") == 1
    assert len(set(await mailed(inbox, run_jobs, "twice-1@example.com"))) == 1
    taken = form(outsider.viewer, "other@example.com", id=asked["id"])
    assert (await outsider.post(INVITE, data=taken)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "carl@example.com"}, "in your team already"),
        ({"email": "INVITED@example.com"}, "invited already"),
        ({"email": "nobody"}, "@-sign"),
        ({"roles": []}, "at least 1"),
        ({"roles": ["owner"]}, "one of the options"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    owner: Any, colleague: Any, now: Any, changes: dict[str, Any], words: str
) -> None:
    await make_invitation(owner.viewer, now, "invited@example.com")
    asked = form(owner.viewer, "kept@example.com") | changes
    answer = await owner.post(INVITE, data=asked, headers=HTMX)
    assert answer.status_code == 422 and words in answer.text.lower()
    assert f'value="{asked["email"]}"' in answer.text and f'value="{asked["id"]}"' in answer.text
    assert await db.fetch_value("SELECT count(*) FROM invitation") == 1


async def test_who_has_not_confirmed_an_address_can_not_send_mail_to_others(owner: Any) -> None:
    await db.execute('UPDATE "user" SET verified_at = NULL')
    answer = await owner.post(INVITE, data=form(owner.viewer, "new@example.com"))
    assert answer.status_code == 422 and "confirm your e-mail address" in answer.text
    assert await db.fetch_value("SELECT count(*) FROM invitation") == 0


async def test_a_known_address_logs_in_confirms_and_leaves_its_empty_organization(
    owner: Any, outsider: Any, client: Any, now: Any
) -> None:
    path = await make_invitation(owner.viewer, now, "Mallory@example.com", ("manager",))
    nobody = await client.get(path)
    assert "has an account already" in nobody.text and f"/login?next={path}" in nobody.text
    assert (await client.post(f"{path}/acceptance")).headers["location"] == f"/login?next={path}"
    taken = await client.post(f"{path}/account", data=JOIN)
    assert taken.status_code == 409 and "Log in with it to join" in taken.text
    asked = await outsider.get(path)
    assert "it ends when you join" in asked.text
    before = outsider.viewer.organization_id
    assert (await outsider.post(f"{path}/acceptance")).status_code == 303
    mallory = await member_by_email("mallory@example.com")
    assert mallory is not None and mallory.organization_id == owner.viewer.organization_id
    assert mallory.roles == {"manager"}
    assert await db.fetch_value("SELECT count(*) FROM organization WHERE id = $1", before) == 0
    assert (await outsider.get("/console/pages")).status_code == 200
    assert (await outsider.post(f"{path}/acceptance")).status_code == 410


async def test_somebody_else_is_told_whose_it_is(owner: Any, outsider: Any, now: Any) -> None:
    path = await make_invitation(owner.viewer, now, "dora@example.com")
    for answer in (await outsider.get(path), await outsider.post(f"{path}/acceptance")):
        assert "for dora@example.com" in answer.text and "mallory@example.com" in answer.text
        assert 'action="/logout"' in answer.text
    assert answer.status_code == 409
    own = await organization_of(outsider.viewer.organization_id)
    assert own.owner_id == outsider.viewer.user_id


async def test_what_would_be_left_without_an_owner_is_not_left(
    owner: Any, outsider: Any, now: Any
) -> None:
    path = await make_invitation(owner.viewer, now, "mallory@example.com")
    accept = f"{path}/acceptance"
    product = await make_product(outsider.viewer, now=now)
    refused = await outsider.post(accept)
    assert refused.status_code == 409 and "has pages or products" in refused.text
    await db.execute("DELETE FROM product WHERE id = $1", product)
    second = await make_colleague(outsider.viewer, email="second@example.com", now=now)
    refused = await outsider.post(accept)
    assert refused.status_code == 409 and "Hand it over" in refused.text
    url = f"{TEAM}/members/{second.user_id}/ownership"
    assert (await outsider.post(url)).status_code == 303
    assert "You leave" in (await outsider.get(path)).text
    assert (await outsider.post(accept)).status_code == 303
    old = await organization_of(outsider.viewer.organization_id)
    assert old.owner_id == second.user_id


async def test_a_member_who_owns_nothing_just_moves_and_leaves_their_pages(
    owner: Any, outsider: Any, app: Any, now: Any
) -> None:
    viewer = await make_colleague(outsider.viewer, email="walker@example.com", now=now)
    page = await make_page(viewer, now=now)
    path = await make_invitation(owner.viewer, now, "walker@example.com")
    async with await member_of(app, now, viewer) as walker:
        assert (await walker.post(f"{path}/acceptance")).status_code == 303
        assert (await walker.get(f"/console/pages/{page.id}")).status_code == 404
    assert (await outsider.get(f"/console/pages/{page.id}")).status_code == 200


async def test_who_is_in_the_team_already_is_told_so(owner: Any, colleague: Any, now: Any) -> None:
    path = await make_invitation(owner.viewer, now, "carl-new@example.com")
    await db.execute(
        "UPDATE \"user\" SET email = 'carl-new@example.com' WHERE id = $1", colleague.viewer.user_id
    )
    answer = await colleague.post(f"{path}/acceptance")
    assert answer.status_code == 409 and "in this team already" in answer.text


async def test_it_expires_and_is_sent_again(
    owner: Any, client: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    first = await make_invitation(owner.viewer, clock.now(), "late-1@example.com")
    clock.advance(7 * DAY)
    for answer in (await client.get(first), await client.post(f"{first}/account", data=JOIN)):
        assert answer.status_code == 410
    assert "Expired" in (await owner.get(TEAM)).text
    known = await invitation_id("late-1@example.com")
    assert (await owner.post(f"{INVITE}/{known}/sending")).status_code == 303
    paths = set(await mailed(inbox, run_jobs, "late-1@example.com"))
    [path] = [path for path in paths if (await client.get(path)).status_code == 200]
    clock.advance(DAY)
    assert (await client.post(f"{path}/account", data=JOIN)).status_code == 303


async def test_a_link_that_was_sent_again_or_changed_does_not_count(
    owner: Any, client: Any, now: Any
) -> None:
    path = await make_invitation(owner.viewer, now)
    assert (await client.get(path[:-1] + ("A" if path[-1] != "A" else "B"))).status_code == 403
    known = await invitation_id("dora@example.com")
    assert (await owner.post(f"{INVITE}/{known}/sending", headers=HTMX)).status_code == 200
    answer = await client.post(f"{path}/account", data=JOIN)
    assert answer.status_code == 410 and "newer invitation" in answer.text
    assert await member_by_email("dora@example.com") is None


async def test_a_withdrawn_one_is_over(owner: Any, client: Any, now: Any) -> None:
    path = await make_invitation(owner.viewer, now)
    known = await invitation_id("dora@example.com")
    assert (await owner.delete(f"{INVITE}/{known}", headers=HTMX)).status_code == 200
    for answer in (await client.get(path), await client.post(f"{path}/account", data=JOIN)):
        assert answer.status_code == 410 and "withdrawn" in answer.text
    assert (await owner.post(f"{INVITE}/{known}")).status_code == 404
    assert (await owner.post(f"{INVITE}/{known}/sending")).status_code == 404
    # Taken back, it may be sent anew.
    assert (await owner.post(INVITE, data=form(owner.viewer, "dora@example.com"))).is_redirect


async def test_a_refused_account_is_asked_again(owner: Any, client: Any, now: Any) -> None:
    path = await make_invitation(owner.viewer, now, "dorothea@example.com")
    for password in ("short", "dorothea12"):
        sent = {"name": "Do", "password": password}
        answer = await client.post(f"{path}/account", data=sent)
        assert answer.status_code == 422 and 'value="Do"' in answer.text
    assert await member_by_email("dorothea@example.com") is None


async def test_of_two_who_accept_at_once_one_does(owner: Any, client: Any, now: Any) -> None:
    path = await make_invitation(owner.viewer, now)
    answers = await asyncio.gather(*(client.post(f"{path}/account", data=JOIN) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 2


async def test_the_plans_room_counts_people_and_invitations(
    owner: Any, client: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
    path = await make_invitation(owner.viewer, clock.now())
    assert "2 of 2" in (await owner.get(TEAM)).text
    full = await owner.post(INVITE, data=form(owner.viewer, "third@example.com"))
    assert full.status_code == 402 and "room for 2 people" in full.text
    assert 'href="/console/billing"' in full.text and 'value="third@example.com"' in full.text
    await make_colleague(owner.viewer, email="carl@example.com", now=clock.now())
    late = await client.post(f"{path}/account", data=JOIN)
    assert late.status_code == 402 and "The team is full" in late.text
    known = await invitation_id("dora@example.com")
    again = await owner.post(f"{INVITE}/{known}/sending")
    assert again.status_code == 402 and "See the larger plans" in again.text


async def test_of_many_who_are_invited_at_once_as_many_are_as_there_is_room(
    owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
    answers = await asyncio.gather(
        *(owner.post(INVITE, data=form(owner.viewer, f"n{n}@example.com")) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 402, 402, 402]


async def test_strangers_and_colleagues_without_the_right_find_nothing(
    owner: Any, outsider: Any, colleague: Any, client: Any, now: Any
) -> None:
    await make_invitation(owner.viewer, now)
    known = await invitation_id("dora@example.com")
    asked = form(owner.viewer, "third@example.com")
    members: tuple[Member, ...] = (outsider, colleague)
    for member in members:
        assert (await member.post(INVITE, data=asked)).status_code == 404
        assert (await member.post(f"{INVITE}/{known}/sending")).status_code == 404
        assert (await member.delete(f"{INVITE}/{known}")).status_code == 404
    assert (await colleague.get(TEAM)).status_code == 404
    assert TEAM not in (await colleague.get("/console/pages")).text
    assert (await client.get(TEAM)).headers["location"] == f"/login?next={TEAM}"
    assert await db.fetch_value("SELECT count(*) FROM invitation WHERE withdrawn_at IS NULL") == 1


async def test_old_invitations_are_forgotten(owner: Any, clock: Any) -> None:
    await make_invitation(owner.viewer, clock.now())
    assert await forget_invitations(clock.now() + 36 * DAY) == 0
    assert await forget_invitations(clock.now() + 38 * DAY) == 1
