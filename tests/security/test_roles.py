"""Roles, held against product.md's table on every route of the console: what one may not do isn't there (404).

The routes are found in the application, so a new one is tried by every role from its first day.
"""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any

import pytest

from app.auth.permissions import permissions_of
from app.core import db
from tests.fuzz.attacking import Attack, form_body
from tests.fuzz.discovery import Route, read_page
from tests.fuzz.traces import Snapshot

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN_ACCOUNT = "/console/account"
# What one person has and no colleague reaches, whatever their role.
OWN_ALONE = (
    "/console/account/sessions/{session_id}",
    "/console/account/data/exports/{export_id}/file",
)
STAFF = "/console/staff"
TEAM = "/console/team"
# Check-in by hand: all that a volunteer may do.
DOOR = "/console/door"
BILLING = "/console/billing"
# Those of the product's table, and somebody who has been given none.
ROLES = ("volunteer", "viewer", "editor", "manager", "admin", "none")

# What managers do and editors don't: publish, pause, end, refund, export, message.
MANAGED = (
    "publication",
    "pause",
    "extension",
    "stock",
    "ending",
    "rerun",
    "refunds",
    "link",
    "messages",
    "export.csv",
)


def _open_to_all(route: Route) -> bool:
    return (
        route.template.startswith((OWN_ACCOUNT, "/console/styleguide"))
        or route.template == "/console"
    )


def _editors(route: Route) -> bool:
    """Whether it takes an editor: everything that writes, and the forms that lead there."""
    if route.method == "GET":
        return route.template.endswith(("/new", "/edit")) or "/uploads/" in route.template
    return True


def _allowed(role: str, route: Route) -> bool:
    """What product.md §6 says of a role; a new route falls into the group that its method and name put it in."""
    if _open_to_all(route):
        return True
    if route.template.startswith(DOOR):
        return role in ("volunteer", "manager", "admin")
    if route.template.startswith(STAFF) or role in ("volunteer", "none"):
        return False
    if route.template.startswith((TEAM, BILLING)):
        return role == "admin"
    about_people = route.template.startswith("/console/registrations") and route.method != "GET"
    rehearsed = "/rehearsals" in route.template  # what comes before publishing
    if route.template.endswith(MANAGED) or about_people or rehearsed:
        return role in ("manager", "admin")
    return role != "viewer" or not _editors(route)


@pytest.fixture
async def member_with(
    attack: Attack, now: datetime, app: Any
) -> AsyncGenerator[Callable[[str], Any], None]:
    """Return a function that makes a colleague of the owner with one role, logged in."""
    from tests.conftest import Member, member_of
    from tests.factories.auth import make_colleague

    made: list[Member] = []

    async def make(role: str) -> Member:
        roles = () if role == "none" else (role,)
        viewer = await make_colleague(
            attack.world.viewer, email=f"{role}@example.com", roles=roles, now=now
        )
        made.append(await member_of(app, now, viewer))
        return made[-1]

    yield make
    for member in made:
        await member.aclose()


def test_every_route_names_what_it_takes_and_the_matrix_is_the_table(attack: Attack) -> None:
    routes = [route for route in attack.routes if route.console and not _open_to_all(route)]
    assert len(routes) > 60
    for route in routes:
        assert route.guards, f"{route} has no guard"
        for role in ROLES:
            allowed = {str(permission) for permission in permissions_of([role])}
            assert (route.guards <= allowed) == _allowed(role, route), (role, str(route))


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reaches_what_the_table_says(
    attack: Attack, member_with: Callable[[str], Any], role: str
) -> None:
    member = await member_with(role)
    attack.snapshot = await Snapshot.take()
    tried = {True: 0, False: 0}
    for route in attack.routes:
        if not route.console or route.streams or route.template in OWN_ALONE:
            continue
        allowed = _allowed(role, route)
        tried[allowed] += 1
        answers = [
            await _status(attack, member, route, values) for values in attack.world.addresses(route)
        ]
        if allowed:
            assert any(status != 404 for status in answers), (role, str(route), answers)
        else:
            assert set(answers) == {404}, (role, str(route), answers)
            assert await attack.snapshot.changed() == set(), (role, str(route))
    assert tried[True] >= 8
    assert tried[False] >= (1 if role == "admin" else 9)


async def _status(attack: Attack, member: Any, route: Route, values: dict[str, str]) -> int:
    query = "?kind=original" if route.template.endswith("/uploads") else ""
    cookies = dict(member.cookies)
    answer = await member.request(
        route.method, route.path(values) + query, content=b"", headers=FORM
    )
    member.cookies = cookies
    if answer.status_code < 400 and (changed := await attack.snapshot.changed()):
        await attack.snapshot.restore(changed)
    return answer.status_code


@pytest.mark.parametrize("intent", ["publish", "schedule"])
async def test_an_editor_can_not_publish_by_saving(
    attack: Attack, member_with: Callable[[str], Any], intent: str
) -> None:
    """The editor's form can publish too; the button is not what holds an editor back."""
    editor, manager = await member_with("editor"), await member_with("manager")
    page = attack.world.pages["draft"]
    url = f"/console/pages/{page.id}/edit"
    form = next(
        form
        for form in read_page((await attack.owner.get(url)).text, url).forms
        if form.path == url
    )
    pairs = [pair for pair in form.fields if pair[0] != "intent"]
    assert (await _save(editor, url, [*pairs, ("intent", intent)])).status_code == 422
    assert await _published(page.id) is None
    assert (await _save(manager, url, [*pairs, ("intent", "publish")])).status_code == 303
    assert await _published(page.id) is not None


async def _save(member: Any, url: str, pairs: list[tuple[str, str]]) -> Any:
    return await member.post(url, content=form_body(pairs), headers=FORM)


async def _published(page_id: Any) -> datetime | None:
    return await db.fetch_value("SELECT published_at FROM page WHERE id = $1", page_id)


async def test_pages_offer_only_what_a_role_may_do(
    attack: Attack, member_with: Callable[[str], Any]
) -> None:
    """Nobody is shown a button that leads nowhere."""
    for role in ("viewer", "editor"):
        member = await member_with(role)
        for route in attack.routes:
            if route.method != "GET" or not route.console or not _allowed(role, route):
                continue
            if route.streams or "styleguide" in route.template or "{session_id}" in route.template:
                continue
            for values in attack.world.addresses(route):
                answer = await member.get(route.path(values))
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                for form in read_page(answer.text, route.path(values)).forms:
                    if form.readonly:
                        continue
                    path = form.path.partition("?")[0]
                    led = [r for r in attack.routes if r.method == form.method and r.matches(path)]
                    assert all(_allowed(role, r) for r in led if r.console), (
                        role,
                        str(route),
                        form,
                    )
