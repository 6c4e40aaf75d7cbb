"""The page of flags: taken into one's hand, a share, single organizations, and each change written down."""

from typing import Any

import pytest

from app import flags
from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.flags.queries import list_flags
from app.pages.embedding import EMBEDDING

FLAGS = "/console/staff/flags"
HTMX = {"HX-Request": "true"}


@pytest.fixture
async def staff(owner: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    return owner


async def flag_id() -> str:
    return str(await db.fetch_value("SELECT id FROM flag"))


async def test_a_flag_from_its_default_to_its_end(staff: Any, outsider: Any) -> None:
    mine, others = staff.viewer.organization_id, outsider.viewer.organization_id
    assert "Not set: on for everyone" in (await staff.get(FLAGS)).text
    sent = {"name": EMBEDDING, "percentage": "0"}
    answer = await staff.post(FLAGS, data=sent, headers=HTMX)
    assert answer.status_code == 200 and answer.text.lstrip().startswith('<div id="flags"')
    assert not await flags.enabled(EMBEDDING, mine)
    url = f"{FLAGS}/{await flag_id()}"
    assert (await staff.post(f"{url}/percentage", data={"percentage": "100"})).is_redirect
    assert await flags.enabled(EMBEDDING, mine)
    for who in ("mallory@example.com", str(others)):
        off = await staff.post(f"{url}/organizations", data={"organization": who, "to": "off"})
        assert off.is_redirect
    assert not await flags.enabled(EMBEDDING, others) and await flags.enabled(EMBEDDING, mine)
    shown = (await staff.get(FLAGS)).text
    assert f"{url}/organizations/{others}" in shown
    assert (await staff.delete(f"{url}/organizations/{others}", headers=HTMX)).status_code == 200
    assert await flags.enabled(EMBEDDING, others)
    assert (await staff.post(url)).headers["location"] == FLAGS
    assert [flag.id for flag in await list_flags() if flag.name == EMBEDDING] == [None]
    rows = await db.fetch("SELECT kind FROM staff_action ORDER BY at, id")
    assert [row["kind"] for row in rows] == [
        "set-flag",
        "set-flag-share",
        "set-flag-for",
        "set-flag-for",
        "unset-flag-for",
        "deleted-flag",
    ]


@pytest.mark.parametrize("share", ["-1", "101", "some", "", "1.5"])
async def test_an_odd_share_stands_beside_its_field(staff: Any, share: str) -> None:
    refused = await staff.post(FLAGS, data={"name": EMBEDDING, "percentage": share})
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text
    if share:
        assert f'value="{share}"' in refused.text
    await staff.post(FLAGS, data={"name": EMBEDDING, "percentage": "7"})
    url = f"{FLAGS}/{await flag_id()}/percentage"
    assert (await staff.post(url, data={"percentage": share})).status_code == 422
    assert await db.fetch_value("SELECT percentage FROM flag") == 7


async def test_nobody_of_that_name(staff: Any) -> None:
    await staff.post(FLAGS, data={"name": EMBEDDING, "percentage": "7"})
    url = f"{FLAGS}/{await flag_id()}/organizations"
    for who in ("nobody@example.com", str(new_id()), "%"):
        refused = await staff.post(url, data={"organization": who, "to": "on"}, headers=HTMX)
        assert refused.status_code == 422 and "No organization has this id" in refused.text
        assert f'value="{who}"' in refused.text
    assert (await staff.post(url, data={"organization": "", "to": "up"})).status_code == 422
    assert await db.fetch_value("SELECT count(*) FROM flag_override") == 0


async def test_what_is_taken_or_unknown_is_refused(staff: Any) -> None:
    sent = {"name": EMBEDDING, "percentage": "7"}
    assert (await staff.post(FLAGS, data=sent)).is_redirect
    again = await staff.post(FLAGS, data=sent)
    assert again.status_code == 409 and "set this flag already" in again.text
    assert (await staff.post(FLAGS, data={**sent, "name": "unknown"})).status_code == 404
    url = f"{FLAGS}/{new_id()}"
    assert (await staff.post(f"{url}/percentage", data={"percentage": "1"})).status_code == 404
    assert (await staff.post(url)).status_code == 404
    assert (await staff.delete(f"{url}/organizations/{new_id()}")).status_code == 404


async def test_a_flag_that_nobody_asks_for_can_only_be_deleted(staff: Any, now: Any) -> None:
    await db.execute(
        "INSERT INTO flag (id, name, percentage, created_at, updated_at) VALUES ($1, 'old', 5, $2, $2)",
        *(new_id(), now),
    )
    assert "no longer asks for it" in (await staff.get(FLAGS)).text
    assert (await staff.delete(f"{FLAGS}/{await flag_id()}", headers=HTMX)).status_code == 200
    assert "no longer asks for it" not in (await staff.get(FLAGS)).text


async def test_outsiders_switch_nothing(staff: Any, outsider: Any) -> None:
    await staff.post(FLAGS, data={"name": EMBEDDING, "percentage": "7"})
    url, own = f"{FLAGS}/{await flag_id()}", outsider.viewer.organization_id
    tries = [
        await outsider.get(FLAGS),
        await outsider.post(FLAGS, data={"name": EMBEDDING, "percentage": "7"}),
        await outsider.post(f"{url}/percentage", data={"percentage": "50"}),
        await outsider.post(f"{url}/organizations", data={"organization": str(own), "to": "on"}),
        await outsider.delete(f"{url}/organizations/{own}"),
        await outsider.delete(url),
    ]
    assert {answer.status_code for answer in tries} == {404}
    assert await db.fetch_value("SELECT percentage FROM flag") == 7
