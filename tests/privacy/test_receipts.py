"""Who erases a registration gets a receipt, on the page and by mail; after that nothing in the house knows who it was."""

import json
import re
from datetime import datetime
from typing import Any

from app.core import db
from app.receipts.giving import REGISTRATION, belongs_to, give_receipt, receipt_of
from app.registrations.links import manage_path
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event

RITA, NAME = "rita.receipt@example.com", "Rita Quillfeather"


def number_in(text: str) -> str:
    found = re.search(r"/privacy/receipts/([0-9A-Z-]{14})", text)
    assert found, text
    return found[1]


async def test_nothing_is_left_but_a_receipt(
    owner: Any, client: Any, now: datetime, run_jobs: Any, inbox: Any, scan: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    rita = await make_registration(page, now, RITA, name=NAME, phone="+4915112345678")
    await db.execute(
        "INSERT INTO unsubscription (id, recipient, list_id, created_at) VALUES (gen_random_uuid(), $1, $2, $3)",
        *(RITA, page.id, now),
    )
    await db.execute(
        "INSERT INTO pending_registration (id, page_id, typed, created_at, expires_at) "
        "VALUES (gen_random_uuid(), $1, $2::jsonb, $3, $3)",
        *(page.id, json.dumps({"typed": {"name": NAME}, "email": RITA}), now),
    )
    await run_jobs()
    assert set(await scan(RITA)) >= {"registration", "message"}  # the control
    assert await scan(NAME) and await scan("+4915112345678")
    answer = await client.post(f"{manage_path(rita.id, now)}/erasure")
    assert answer.status_code == 200 and "forget your address after that" in answer.text
    number = number_in(answer.text)
    await run_jobs()
    (mail,) = [one for one in await inbox(RITA) if "Erased" in one["subject"]]
    assert number in mail["text"] and number in mail["html"]
    for known in (RITA, NAME, "+4915112345678"):
        assert await scan(known) == []
    (receipt,) = await db.fetch("SELECT * FROM erasure_receipt")
    assert (receipt["number"], receipt["kind"], receipt["at"]) == (number, "registration", now)
    sent = await db.fetch_one("SELECT * FROM message WHERE name = 'registration-erased'")
    assert sent and (sent["state"], sent["recipient"], sent["subject"], sent["text"]) == (
        "sent",
        "",
        "",
        "",
    )
    again = await client.post(f"{manage_path(rita.id, now)}/erasure")
    assert again.status_code == 410
    assert await db.fetch_value("SELECT count(*) FROM erasure_receipt") == 1


async def test_a_mail_that_never_arrives_is_forgotten_too(
    owner: Any, client: Any, now: datetime, run_jobs: Any, scan: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    gone = await make_registration(page, now, "nobody@refused@example.com")
    await db.execute("DELETE FROM message")
    await db.execute("DELETE FROM pgqueuer")
    await client.post(f"{manage_path(gone.id, now)}/erasure")
    await run_jobs()
    assert await db.fetch_value("SELECT state FROM message") == "failed"
    assert await scan("nobody@refused@example.com") == []


async def test_by_phone_there_is_the_page(owner: Any, client: Any, now: datetime) -> None:
    page = await make_countdown(owner.viewer, now=now, by_sms=True)
    gone = await make_registration(page, now, "", phone="+4915112345678", name="")
    answer = await client.post(f"{manage_path(gone.id, now)}/erasure")
    number = number_in(answer.text)
    assert "by mail too" not in answer.text
    assert await belongs_to(number, "+4915112345678")


async def test_a_receipt_tells_only_who_knows_already(client: Any, app: Any, now: datetime) -> None:
    number = await give_receipt(REGISTRATION, RITA, now, registrations=1)
    other = await give_receipt(REGISTRATION, RITA, now, registrations=1)
    digests = await db.fetch("SELECT digest FROM erasure_receipt")
    assert (
        len({row["digest"] for row in digests}) == 2
    )  # two of one person don't lead to each other
    path = f"/privacy/receipts/{number}"
    shown = await client.get(path)
    assert shown.status_code == 200 and number in shown.text and other not in shown.text
    assert "Yes: this receipt" in (await client.post(path, data={"address": RITA.upper()})).text
    no = await client.post(path, data={"address": "mallory@example.com"})
    assert no.status_code == 200 and "No: this receipt" in no.text
    empty = await client.post(path, data={"address": ""})
    assert empty.status_code == 422 and "Please fill this in" in empty.text
    assert (await client.get("/privacy/receipts/0000-0000-0000")).status_code == 404
    assert await receipt_of("0000-0000-0000") is None


async def test_without_its_database_row_a_registration_gets_no_second_receipt(
    owner: Any, now: datetime
) -> None:
    from app.pages.collecting import collection_of
    from app.registrations.erasing import erase, erase_for_registrant

    page = await make_event(owner.viewer, now=now)
    gone = await make_registration(page, now, RITA)
    collection = await collection_of(page.id, now)
    assert await erase(collection, gone.id, now)
    assert await erase_for_registrant(collection, gone, now) == ""
    assert await db.fetch_value("SELECT count(*) FROM erasure_receipt") == 0
