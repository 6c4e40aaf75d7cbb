"""One's own data as a file: everything in it, put together once at a time, for its owner alone, and gone in time."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core import db
from app.core.errors import NotFound
from app.privacy import exporting, retaining
from app.privacy.archive import SLICE, Archive
from app.storage.contract import ObjectMissing, StoreUnavailable
from app.storage.objects import get_store
from tests.conftest import member_of
from tests.factories.auth import make_colleague
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.support.wire import wire

HTMX = {"HX-Request": "true"}
HOME = "/console/account/data"
DAY = timedelta(days=1)


async def the_export(user_id: UUID) -> Any:
    row = await db.fetch_one("SELECT * FROM data_export WHERE user_id = $1", user_id)
    assert row is not None
    return row


async def unpacked(row: Any) -> dict[str, str]:
    data = await get_store().read(row["object_key"], 10_000_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_an_admin_gets_everything_of_theirs_and_of_the_organization(
    owner: Any, now: datetime, run_jobs: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=now, title="=SUM(A1)")
    await make_registration(page, now, "rita@example.com", name="Rita", phone="+491701234567")
    await make_sold(owner.viewer, now, email="ann@example.com", title="Field guide")
    await run_jobs()
    answer = await owner.post(f"{HOME}/exports", headers=HTMX)
    assert answer.text.lstrip().startswith('<section id="exports"')
    assert "It is being put together" in answer.text and 'hx-trigger="every 2s"' in answer.text
    await run_jobs()
    row = await the_export(owner.viewer.user_id)
    assert row["state"] == "done" and row["done"] == row["steps"] == 11
    assert row["object_key"].startswith(f"users/{owner.viewer.user_id}/exports/")
    assert row["size"] == await get_store().stat(row["object_key"])
    files = await unpacked(row)
    lists = ("address-changes", "sessions", "security-log", "messages", "notice-settings", "notices", "pages", "products", "orders",
             "registrations")  # fmt: skip
    assert set(files) == {
        "README.txt",
        "account.json",
        *(f"{name}.{kind}" for name in lists for kind in ("json", "csv")),
    }
    account = json.loads(files["account.json"])
    assert account["email"] == "olivia@example.com" and account["roles"] == ["admin"]
    assert "password" not in files["account.json"]
    (registration,) = json.loads(files["registrations.json"])
    assert registration["email"] == "rita@example.com" and registration["consent_text"]
    (line,) = table(files["registrations.csv"])
    assert line["phone"] == "+49 1701234567" and line["page"] == "'=SUM(A1)"
    (order,) = json.loads(files["orders.json"])
    assert (order["amount"], order["lines"][0]["title"]) == ("12.99", "Field guide")
    assert {one["title"] for one in json.loads(files["pages.json"])} >= {"=SUM(A1)"}
    assert any(one["kind"] == "export-asked" for one in json.loads(files["security-log.json"]))
    (wishes,) = json.loads(files["notice-settings.json"])
    assert wishes["kinds"] == ["dispute", "refund", "registration", "sale"]
    assert {one["title"] for one in json.loads(files["notices.json"])} == {"=SUM(A1)"}
    assert table(files["sessions.csv"])[0]["address"] == "127.0.0.1"
    await run_jobs()
    (mail,) = [one for one in await inbox("olivia@example.com") if "ready" in one["subject"]]
    assert HOME in mail["text"] and "X-Amz" not in mail["text"]


async def test_others_get_what_is_their_own(
    owner: Any, colleague: Any, now: datetime, run_jobs: Any
) -> None:
    await make_page(owner.viewer, now=now, title="Hers")
    await make_page(colleague.viewer, now=now, title="His")
    await make_sold(owner.viewer, now, email="ann@example.com")
    await colleague.post(f"{HOME}/exports")
    await run_jobs()
    files = await unpacked(await the_export(colleague.viewer.user_id))
    assert "orders.json" not in files and "registrations.json" not in files
    assert [one["title"] for one in json.loads(files["pages.json"])] == ["His"]
    everything = "".join(files.values())
    assert "olivia@example.com" not in everything and "ann@example.com" not in everything


async def test_it_is_for_its_owner_alone(
    owner: Any, outsider: Any, client: Any, now: datetime, run_jobs: Any, app: Any
) -> None:
    await owner.post(f"{HOME}/exports")
    await run_jobs()
    row = await the_export(owner.viewer.user_id)
    path = f"{HOME}/exports/{row['id']}/file"
    admin = await make_colleague(owner.viewer, email="ada@example.com", roles=("admin",), now=now)
    async with await member_of(app, now, admin) as colleague:
        assert (await colleague.get(path)).status_code == 404
    assert (await outsider.get(path)).status_code == 404
    assert (await client.get(path)).headers["location"].startswith("/login")
    answer = await owner.get(path)
    assert answer.status_code == 303
    async with wire() as web:
        file = await web.get(answer.headers["location"])
    assert file.headers["content-type"] == "application/zip"
    assert "attachment" in file.headers["content-disposition"]
    assert zipfile.is_zipfile(io.BytesIO(file.content))
    kinds = await db.fetch("SELECT kind FROM security_log WHERE kind LIKE 'export-%' ORDER BY id")
    assert [one["kind"] for one in kinds] == ["export-asked", "export-downloaded"]


async def test_one_at_a_time_and_a_few_a_day(owner: Any, run_jobs: Any) -> None:
    assert (await owner.post(f"{HOME}/exports")).status_code == 303
    again = await owner.post(f"{HOME}/exports", headers=HTMX)
    assert "under way already" in again.text
    assert await db.fetch_value("SELECT count(*) FROM data_export") == 1
    await run_jobs()
    for _time in range(3):
        assert (await owner.post(f"{HOME}/exports")).status_code == 303
        await run_jobs()
    refused = await owner.post(f"{HOME}/exports", headers=HTMX)
    assert refused.status_code == 429 and "several times today" in refused.text
    assert (await owner.post(f"{HOME}/exports")).status_code == 429
    assert await db.fetch_value("SELECT count(*) FROM data_export") == 4


async def test_it_is_gone_in_time_from_the_store_too(owner: Any, clock: Any, run_jobs: Any) -> None:
    await owner.post(f"{HOME}/exports")
    await run_jobs()
    row = await the_export(owner.viewer.user_id)
    path = f"{HOME}/exports/{row['id']}/file"
    assert "Ready" in (await owner.get(HOME)).text
    clock.advance(7 * DAY)
    assert (await owner.get(path)).status_code == 410
    report = await retaining.run(clock.now())
    assert [line.count for line in report.lines if line.rule == "exports"] == [1]
    await run_jobs()
    with pytest.raises(ObjectMissing):
        await get_store().stat(row["object_key"])
    assert (await owner.get(path)).status_code == 410
    assert "Gone" in (await owner.get(HOME)).text


async def test_a_store_that_is_away_is_tried_again_and_given_up_at_last(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    async def away(*_args: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(get_store(), "put_file", away, raising=False)
    await exporting.ask(owner.viewer, now)
    export_id = (await the_export(owner.viewer.user_id))["id"]
    for _attempt in range(2):
        with pytest.raises(StoreUnavailable):
            await exporting.build_export(export_id, now)
        assert (await the_export(owner.viewer.user_id))["state"] == "running"
    await exporting.build_export(export_id, now)
    assert (await the_export(owner.viewer.user_id))["state"] == "failed"
    assert "Failed" in (await owner.get(HOME)).text
    await exporting.build_export(export_id, now)  # nothing to do
    with pytest.raises(NotFound):
        await exporting.address_of(owner.viewer, export_id, now)


async def test_an_archive_holds_more_rows_than_a_slice(tmp_path: Any) -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        for number in range(2 * SLICE + 3):
            yield {
                "id": number,
                "number": number,
                "text": f"=cmd {number}",
                "more": ["a", {"b": 1}],
            }

    with Archive(tmp_path / "x.zip") as archive:
        assert await archive.add_list("rows", rows()) == 2 * SLICE + 3
        assert await archive.add_list("none", empty()) == 0
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        read = json.loads(archive.read("rows.json"))
        lines = table(archive.read("rows.csv").decode("utf-8-sig"))
        assert json.loads(archive.read("none.json")) == []
    assert [one["number"] for one in read] == list(range(2 * SLICE + 3))
    assert len(lines) == len(read) and lines[7]["text"] == "'=cmd 7"
    assert json.loads(lines[0]["more"]) == ["a", {"b": 1}]


async def empty() -> AsyncIterator[dict[str, Any]]:
    for nothing in ():
        yield nothing
