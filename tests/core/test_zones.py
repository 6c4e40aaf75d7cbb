"""Zones have one current name everywhere: in forms, whatever a browser calls them, and in the script's table."""

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.core import db
from app.core.forms import FieldError
from app.core.zones import check_zone, current_zone, zone_choices, zones

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "console.js"


@pytest.mark.parametrize(
    ("old", "current"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Etc/UTC", "UTC"),
        ("Europe/Oslo", "Europe/Oslo"),
        ("Mars/Base", "Mars/Base"),
    ],
)
def test_a_zone_has_its_current_name(old: str, current: str) -> None:
    assert current_zone(old) == current


def test_only_current_names_are_offered() -> None:
    assert {current_zone(name) for name in zones()} == set(zones())
    assert "Asia/Calcutta" not in zones()
    assert {"Asia/Kolkata", "Europe/Kyiv", "America/New_York", "UTC"} <= set(zones())
    assert all(ZoneInfo(name) for name in zones())
    assert ("Asia/Calcutta", "Asia/Calcutta") in zone_choices("Asia/Calcutta"), "as it was stored"


def test_an_unknown_zone_is_refused() -> None:
    assert check_zone("Asia/Calcutta") == "Asia/Kolkata"
    with pytest.raises(FieldError):
        check_zone("Mars/Base")


def test_the_script_knows_the_current_names() -> None:
    table = re.search(r"const renamed = \{(.*?)\}", SCRIPT.read_text(), re.DOTALL)
    assert table is not None
    pairs = re.findall(r'"([^"]+)": "([^"]+)"', table.group(1))
    assert len(pairs) > 10
    for old, new in pairs:
        assert current_zone(old) == new, old
        assert new in zones()


async def test_a_new_account_has_the_browsers_zone(client: httpx.AsyncClient) -> None:
    sent = {"name": "Nora", "password": "eleven pages 7"}
    for number, (zone, stored) in enumerate(
        [("Asia/Calcutta", "Asia/Kolkata"), ("Mars/Base", ""), ("", "")]
    ):
        email = f"zoned-{number}@example.com"
        client.cookies.clear()
        answer = await client.post("/signup", data={**sent, "email": email, "zone": zone})
        assert answer.status_code == 303
        found = await db.fetch_value('SELECT zone FROM "user" WHERE email = $1', email)
        assert found == stored


async def test_new_forms_begin_in_the_accounts_zone(owner: Any) -> None:
    await owner.post("/console/account/profile", data={"name": "Olivia", "zone": "Asia/Calcutta"})
    for url in ("/console/pages/new", "/console/products/new", "/console/codes/new"):
        shown = (await owner.get(url)).text
        [chosen] = re.findall(r'<option value="([^"]+/[^"]+)"\s+selected', shown)
        assert chosen == "Asia/Kolkata", url
        assert "data-own-zone" not in shown
