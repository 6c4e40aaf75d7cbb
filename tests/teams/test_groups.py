"""Groups, and names: generated, unless the plan lets one choose them."""

import re
from typing import Any

import pytest

from app.auth.groups import groups_of
from app.auth.organizations import organization_of
from app.auth.viewer import Viewer
from app.core.ids import new_id
from app.core.settings import get_settings
from tests.factories.auth import make_colleague
from tests.factories.pages import make_draft
from tests.factories.teams import make_invitation

TEAM = "/console/team"
GROUPS = f"{TEAM}/groups"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")


async def names(viewer: Viewer) -> list[str]:
    return [group.name for group in await groups_of(viewer.organization_id)]


async def test_enterprise_names_its_groups_and_itself(owner: Any) -> None:
    group_id = str(new_id())
    for _ in range(2):  # a form sent twice makes one group
        sent = {"id": group_id, "name": "Berlin"}
        assert (await owner.post(GROUPS, data=sent)).status_code == 303
    assert await names(owner.viewer) == ["Everyone", "Berlin"]
    url = f"{GROUPS}/{group_id}"
    assert 'value="Berlin"' in (await owner.get(url)).text
    answer = await owner.post(f"{url}/name", data={"name": "Lisbon"}, headers=HTMX)
    assert answer.status_code == 200 and "Lisbon" in answer.text
    assert (await owner.post(f"{TEAM}/name", data={"organization": "The River"})).is_redirect
    assert (await organization_of(owner.viewer.organization_id)).name == "The River"
    assert "The River" in (await owner.get(TEAM)).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "fill this in"),
        ("everyone", "of that name"),
        ("x" * 61, "most 60"),
        ("www.x.de", "web"),
    ],
)
async def test_what_is_wrong_with_a_name_stands_beside_it(
    owner: Any, name: str, words: str
) -> None:
    group_id = str(new_id())
    answer = await owner.post(GROUPS, data={"id": group_id, "name": name})
    assert answer.status_code == 422 and words in answer.text.lower()
    assert f'value="{group_id}"' in answer.text
    assert await names(owner.viewer) == ["Everyone"]
    (group,) = await groups_of(owner.viewer.organization_id)
    if name != "everyone":
        again = await owner.post(f"{GROUPS}/{group.id}/name", data={"name": name})
        assert again.status_code == 422 and words in again.text.lower()
        own = await owner.post(f"{TEAM}/name", data={"organization": name})
        assert own.status_code == 422 and words in own.text.lower()


async def test_other_plans_get_generated_names(owner: Any, free: None) -> None:
    before = await organization_of(owner.viewer.organization_id)
    shown = (await owner.get(TEAM)).text
    assert "Enterprise lets you choose them" in shown and 'name="organization"' not in shown
    assert (await owner.post(GROUPS, data={"id": str(new_id())})).status_code == 303
    everyone, made = await names(owner.viewer)
    assert everyone == "Everyone" and re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", made)
    (_first, group) = await groups_of(owner.viewer.organization_id)
    for path, field in ((f"{TEAM}/name", "organization"), (f"{GROUPS}/{group.id}/name", "name")):
        answer = await owner.post(path, data={field: "Chosen"})
        assert answer.status_code == 409 and "Enterprise" in answer.text
    assert "Enterprise" in (await owner.get(f"{GROUPS}/{group.id}")).text
    assert await names(owner.viewer) == [everyone, made]
    assert await organization_of(owner.viewer.organization_id) == before


async def test_only_an_empty_group_goes(owner: Any, now: Any) -> None:
    group_id = new_id()
    url = f"{GROUPS}/{group_id}"
    assert (await owner.post(GROUPS, data={"id": str(group_id), "name": "Berlin"})).is_redirect
    there = Viewer(
        owner.viewer.user_id, owner.viewer.organization_id, group_id, "", "", frozenset({"admin"})
    )
    person = await make_colleague(there, email="berliner@example.com", now=now)
    refused = await owner.delete(url, headers=HTMX)
    assert refused.status_code == 409 and "Only an empty one" in refused.text
    home = {"group": str(owner.viewer.group_id)}
    await owner.post(f"{TEAM}/members/{person.user_id}/group", data=home)
    await make_invitation(owner.viewer, now, group_id=group_id)
    refused = await owner.delete(url, headers=HTMX)
    assert refused.status_code == 409 and "is invited into this group" in refused.text
    known = re.search(rf"{TEAM}/invitations/([0-9a-f-]+)/sending", (await owner.get(TEAM)).text)
    assert known is not None
    assert (await owner.delete(f"{TEAM}/invitations/{known[1]}", headers=HTMX)).status_code == 200
    assert (await owner.post(url)).headers["location"] == TEAM
    assert await names(owner.viewer) == ["Everyone"]


async def test_a_group_with_pages_and_the_last_group_stay(owner: Any, now: Any) -> None:
    group_id = new_id()
    assert (await owner.post(GROUPS, data={"id": str(group_id), "name": "Berlin"})).is_redirect
    there = Viewer(
        owner.viewer.user_id, owner.viewer.organization_id, group_id, "", "", frozenset({"admin"})
    )
    await make_draft(there, now=now, products=[])
    refused = await owner.post(f"{GROUPS}/{group_id}")
    assert refused.status_code == 409 and "pages or products" in refused.text
    assert len(await names(owner.viewer)) == 2


async def test_the_last_group_stays(owner: Any) -> None:
    answer = await owner.delete(f"{GROUPS}/{owner.viewer.group_id}", headers=HTMX)
    assert answer.status_code == 409 and "at least one group" in answer.text


async def test_strangers_and_colleagues_without_the_right_change_nothing(
    owner: Any, outsider: Any, colleague: Any
) -> None:
    url = f"{GROUPS}/{owner.viewer.group_id}"
    for member in (outsider, colleague):
        assert (await member.get(url)).status_code == 404
        assert (await member.post(f"{url}/name", data={"name": "Mine"})).status_code == 404
        assert (await member.post(url)).status_code == 404
        assert (await member.delete(url)).status_code == 404
    taken = {"id": str(owner.viewer.group_id), "name": "Mine"}
    assert (await outsider.post(GROUPS, data=taken)).status_code == 404
    assert (await colleague.post(GROUPS, data=taken)).status_code == 404
    assert (await colleague.post(f"{TEAM}/name", data={"organization": "Mine"})).status_code == 404
    assert await names(owner.viewer) == ["Everyone"]
