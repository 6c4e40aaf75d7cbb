"""What was kept long enough goes, by the database; what was not stays; a dry run says the same and touches nothing."""

import asyncio
import json
import os
import re
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.auth.security_log import note
from app.core import db, jobs
from app.core.ids import new_id
from app.core.partitions import ensure_partitions
from app.core.settings import get_settings
from app.notifications.sending import send_email
from app.operations import invariants
from app.privacy import retaining
from app.privacy.rules import Term, all_rules
from app.registrations.expiring import OnPages
from tests.factories.deliveries import make_sold
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.staff.test_operations import dead_letter
from tests.support.hearing import heard

DAY = timedelta(days=1)
IP = "203.0.113.77"
HTMX = {"HX-Request": "true"}
HOME = "/console/staff/retention"


async def old_failures(then: datetime) -> None:
    """A message that could not be delivered, a job that gave up, and the log of one that ran."""
    failed = await send_email("bob@example.com", "test-message", {"name": "Bob"}, key="failed")
    await db.execute(
        "UPDATE message SET state = 'failed', created_at = $2 WHERE id = $1", *(failed, then)
    )
    await db.execute("DELETE FROM pgqueuer")
    job_id = await dead_letter()
    await db.execute("UPDATE pgqueuer SET updated = $1", then)
    await db.execute("UPDATE pgqueuer_log SET created = $1 WHERE job_id = $2", *(then, job_id))
    await db.execute("DELETE FROM pgqueuer_log WHERE job_id <> $1", job_id)


async def counts(report: retaining.Report) -> dict[str, int]:
    return {line.rule: line.count for line in report.lines if line.count}


async def old_things(owner: Any, now: datetime, age: timedelta) -> None:
    """Make one of everything that a setting lets go, `age` old."""
    then = now - age
    user_id = owner.viewer.user_id
    await db.execute("DELETE FROM session WHERE user_id <> $1", user_id)
    await db.execute("UPDATE session SET created_at = $1, rotated_at = $1, ip = $2", then, IP)
    await db.execute(
        "INSERT INTO session (id, user_id, generation, ip, user_agent, created_at, rotated_at, expires_at, ended_at, "
        "ended_cause) "
        "VALUES ($1, $2, 1, $3, 'Old', $4, $4, $4, $4, 'logout')",
        *(new_id(), user_id, IP, then),
    )
    await ensure_partitions(then)
    await db.execute("DELETE FROM security_log")
    await note("session-started", then, user_id=user_id, ip=IP)
    sold = await make_sold(owner.viewer, then, email="ann@example.com", stored=False)
    await db.execute(
        "INSERT INTO download_attempt (id, created_at, order_id, outcome, ip, user_agent) "
        "VALUES ($1, $2, $3, 'started', $4, 'Firefox')",
        *(new_id(), then, sold.id, IP),
    )
    await db.execute("DELETE FROM message")
    sent = await send_email(
        "ann@example.com",
        "test-message",
        {"name": "Ann"},
        key="k",
        subject_of=sold.id,
    )
    await db.execute(
        "UPDATE message SET state = 'sent', sent_at = $2, created_at = $2, name = 'order-completed' WHERE id = $1",
        *(sent, then),
    )
    # The queue is Postgres' own, and so are its times.
    await db.execute("DELETE FROM pgqueuer")
    await db.execute("DELETE FROM pgqueuer_log")
    await db.execute(
        "INSERT INTO stripe_event (id, type, payload, received_at, processed_at) VALUES ('evt_1', 'x', $2::jsonb, $1, $1)",
        *(then, json.dumps({"email": "ann@example.com"})),
    )
    await db.execute(
        "INSERT INTO staff_action (id, at, user_id, email, kind, ip) VALUES ($1, $2, $3, 'o@example.com', 'searched', $4)",
        *(new_id(), then, user_id, IP),
    )
    # What waits to be told stays, however long it waits.
    for told_at in (then, None):
        await db.execute(
            "INSERT INTO notice (id, user_id, kind, key, subject_id, happened_at, told_at) "
            "VALUES ($1, $2, 'sale', $3, $4, $5, $6)",
            *(new_id(), user_id, f"sale:{told_at}", sold.id, then, told_at),
        )


# By rule, how many of the things above go at an age in days.
AGES: list[tuple[int, dict[str, int]]] = [
    (29, {}),
    (31, {"addresses": 5, "sessions": 1, "notices": 1}),
    (91, {"addresses": 5, "sessions": 1, "notices": 1, "payment-events": 1}),
    (181, {"addresses": 5, "sessions": 1, "notices": 1, "payment-events": 1, "security-log": 1}),
    (366, {"addresses": 5, "sessions": 1, "notices": 1, "payment-events": 1, "security-log": 1, "messages": 1}),
    (
        8 * 366,
        {
            "addresses": 5,
            "sessions": 1, "notices": 1,
            "payment-events": 1,
            "security-log": 1,
            "messages": 1,
            "orders": 2,
            "staff-log": 1,
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("days", "gone"), AGES)
@pytest.mark.any_moment
async def test_each_thing_goes_in_its_time_and_not_before(
    owner: Any, now: datetime, days: int, gone: dict[str, int]
) -> None:
    await old_things(owner, now, timedelta(days=days))
    before = await everything()
    assert await counts(await retaining.look(now)) == gone
    assert await everything() == before
    report = await retaining.run(now)
    assert await counts(report) == gone
    assert not report.failed
    assert await counts(await retaining.run(now)) == {}
    assert await db.fetch_value("SELECT count(*) FROM retention_report") == 2
    assert [await counts(one) for one in await retaining.latest()] == [{}, gone]
    # The figures still agree, and nothing is sent again.
    assert not await invariants.inspect(now)


async def everything() -> dict[str, Any]:
    tables = (
        "session",
        "security_log",
        "download_attempt",
        "order",
        "message",
        "stripe_event",
        "staff_action",
        "notice",
    )
    return {
        table: sorted(str(dict(row)) for row in await db.fetch(f'SELECT * FROM "{table}"'))
        for table in tables
    }


async def test_no_address_is_left_anywhere_and_an_old_order_leads_to_nobody(
    owner: Any, now: datetime, scan: Any
) -> None:
    await old_things(owner, now, timedelta(days=8 * 366))
    assert await scan(IP) and await scan("ann@example.com")  # the control: it would be found
    await retaining.run(now)
    assert await scan(IP) == []
    assert await scan("ann@example.com") == []
    order = await db.fetch_one('SELECT * FROM "order"')
    assert order is not None and order["anonymous"] and order["amount"] == 1299
    assert (order["email"], order["buyer_key"], order["payment_intent"]) == ("", "", None)
    page = await owner.get(f"/console/orders/{order['id']}")
    assert page.status_code == 200
    assert (await owner.get("/console/orders")).status_code == 200


async def test_a_rule_that_fails_is_reported_and_stops_no_other(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await old_things(owner, now, timedelta(days=366))

    class Broken:
        async def count(self, before: datetime) -> int:
            raise RuntimeError

        async def run(self, before: datetime) -> int:
            raise RuntimeError

    rules = [rule for rule in all_rules() if rule.name in ("addresses", "messages")]
    from dataclasses import replace

    broken = [replace(rules[0], sweeps=(Broken(),)), rules[1]]
    monkeypatch.setattr("app.privacy.retaining.all_rules", lambda: broken)
    report = await retaining.run(now)
    assert report.failed
    assert [(line.rule, line.count, line.problem) for line in report.lines] == [
        ("addresses", 0, "RuntimeError"),
        ("messages", 1, ""),
    ]


async def test_registrations_of_a_page_go_as_it_said(
    owner: Any, now: datetime, clock: Any, run_jobs: Any, scan: Any, inbox: Any
) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1, erase_after_days=10)
    kept = await make_event(owner.viewer, now=now)
    await make_registration(page, now, "seated@example.com")
    await make_registration(page, now, "waits@example.com")
    await make_registration(kept, now, "stays@example.com")
    await run_jobs()
    assert page.times.expires_at and page.erased_at
    assert page.erased_at == page.times.expires_at + 10 * DAY
    before = page.erased_at - timedelta(minutes=1)
    assert "registrations" not in await counts(await retaining.look(before))
    clock.advance(page.erased_at - now)
    later = clock.now()
    await run_jobs()
    assert (await counts(await retaining.look(later)))["registrations"] == 2
    report = await retaining.run(later)
    assert (await counts(report))["registrations"] == 2
    assert await scan("seated@example.com") == [] and await scan("waits@example.com") == []
    assert await scan("stays@example.com") != []
    await run_jobs()
    (mail,) = [one for one in await inbox("olivia@example.com") if "are erased" in one["subject"]]
    assert "2 registrations" in mail["text"] and "10 days" in mail["text"]
    assert await db.fetch_value("SELECT sold FROM stock WHERE id = $1", page.stock_id) == 0
    assert not await invariants.inspect(later)
    assert "registrations" not in await counts(await retaining.run(later))


async def test_what_was_promised_only_becomes_shorter(
    owner: Any, now: datetime, client: Any
) -> None:
    page = await make_event(owner.viewer, now=now, erase_after_days=10)
    shown = (await client.get(f"/p/{page.short_id}")).text
    assert "Your data is erased 10 days after this page is over." in shown
    url = f"/console/pages/{page.id}/edit"
    from tests.fuzz.discovery import read_page

    form = next(one for one in read_page((await owner.get(url)).text, url).forms if one.path == url)
    fields = [pair for pair in form.fields if pair[0] not in ("intent", "erase_after_days")]

    async def save(days: str) -> Any:
        from tests.fuzz.attacking import form_body

        pairs = [*fields, ("intent", "save"), ("erase_after_days", days)]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await owner.post(url, content=form_body(pairs), headers=headers)

    for longer in ("11", ""):
        answer = await save(longer)
        assert answer.status_code == 422
        assert "Visitors were told 10 days. It can only become shorter." in answer.text
    assert (await save("5")).status_code == 303
    await heard()
    assert "Your data is erased 5 days" in (await client.get(f"/p/{page.short_id}")).text


async def test_the_privacy_page_says_what_the_settings_say(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (await client.get("/privacy")).text
    for words in ("30 days", "180 days", "7 years", "90 days", "365 days"):
        assert words in page
    monkeypatch.setattr(get_settings(), "retention_ip_days", 3)
    monkeypatch.setattr(get_settings(), "retention_order_years", 11)
    page = (await client.get("/privacy")).text
    assert re.search(r"IP\) addresses.*?<b>3 days</b>", page, re.S)
    assert "11 years" in page and "7 years" not in page


async def test_every_footer_leads_there(client: Any, owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now)
    for path in ("/", "/pricing", "/login", "/signup", f"/p/{page.short_id}"):
        assert 'href="/privacy"' in (await client.get(path)).text, path
    assert 'href="/privacy"' in (await owner.get("/console/pages")).text


def test_a_term_counts_years_too() -> None:
    from datetime import UTC

    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert Term(7, "years").before(leap) == datetime(2021, 2, 28, 12, tzinfo=UTC)
    assert Term(30).before(leap) == datetime(2028, 1, 30, 12, tzinfo=UTC)


@pytest.fixture
async def staff(owner: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(get_settings(), "staff_emails", ["olivia@example.com"])
    return owner


async def test_staff_see_rules_and_reports_and_look_before_they_run(
    staff: Any, now: datetime, clock: Any
) -> None:
    await old_things(staff, now, timedelta(days=31))
    await db.execute("UPDATE session SET expires_at = $1", now + DAY)
    assert "No run yet" in (await staff.get(HOME)).text
    dry = await staff.post(f"{HOME}/dry-run", headers=HTMX)
    assert dry.text.lstrip().startswith('<div id="retention"')
    assert "Nothing was changed" in dry.text
    assert await db.fetch_value("SELECT count(*) FROM session WHERE ip = $1", IP) == 2
    assert "Nothing was changed" in (await staff.post(f"{HOME}/dry-run")).text
    ran = await staff.post(f"{HOME}/runs", headers=HTMX)
    assert "things were let go" in ran.text
    assert await db.fetch_value("SELECT count(*) FROM session WHERE ip = $1", IP) == 0
    assert (await staff.post(f"{HOME}/runs")).status_code == 303
    assert "addresses: " in (await staff.get(HOME)).text
    assert (
        await db.fetch_value("SELECT count(*) FROM staff_action WHERE kind = 'ran-retention'") == 2
    )


async def test_nobody_else_finds_it(owner: Any, outsider: Any, client: Any) -> None:
    for member in (owner, outsider):
        assert (await member.get(HOME)).status_code == 404
        for verb in ("dry-run", "runs"):
            assert (await member.post(f"{HOME}/{verb}")).status_code == 404
    assert (await client.post(f"{HOME}/runs")).status_code == 303
    assert await db.fetch_value("SELECT count(*) FROM retention_report") == 0


async def _command(*options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "retention", *options,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "MAYFLY_LOG_LEVEL": "CRITICAL"},
    )  # fmt: skip
    output, _errors = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.present_only
async def test_the_command_looks_then_lets_go(owner: Any, now: datetime) -> None:
    await old_things(owner, now, timedelta(days=31))
    code, text = await _command("--dry-run")
    assert code == 0 and re.search(r"^addresses +5 would go", text, re.M), text
    assert await db.fetch_value("SELECT count(*) FROM retention_report") == 0
    code, text = await _command()
    assert code == 0 and re.search(r"^addresses +5 gone", text, re.M), text
    assert await db.fetch_value("SELECT count(*) FROM retention_report") == 1


def test_it_runs_every_night() -> None:
    assert jobs.registry.schedules["privacy.retain"] == "43 3 * * *"


async def test_failures_are_kept_for_a_shorter_while(owner: Any, now: datetime) -> None:
    for days, gone in (
        (29, {}),
        (31, {"undelivered": 1}),
        (91, {"jobs": 2}),
        (366, {"messages": 1}),
    ):
        if days in (29, 91):
            await db.execute("DELETE FROM message")
            await old_failures(now - timedelta(days=days))
        if days == 91:
            await db.execute("UPDATE message SET text = ''")
        age = now - timedelta(days=days)
        await db.execute("UPDATE message SET created_at = $1", age)
        assert await counts(await retaining.run(now)) == gone, days
    assert await db.fetch_value("SELECT count(*) FROM pgqueuer WHERE status = 'failed'") == 0


async def test_what_is_much_goes_in_batches(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.retaining.BATCH", 2)
    monkeypatch.setattr("app.registrations.expiring.BATCH", 2)
    page = await make_event(owner.viewer, now=now, capacity=3, erase_after_days=0)
    for number in range(5):
        await make_registration(page, now, f"{number}@example.com")
    old = now - timedelta(days=40)
    for _number in range(5):
        await note("session-started", old, user_id=owner.viewer.user_id, ip=IP)
    assert page.times.expires_at
    assert await OnPages().run(page.times.expires_at) == 5
    assert await db.fetch_value("SELECT count(*) FROM registration") == 0
    assert not await invariants.inspect(now)
    assert (await counts(await retaining.run(now)))["addresses"] == 5


async def test_an_address_that_was_left_is_forgotten(owner: Any, now: datetime, scan: Any) -> None:
    for number, days in enumerate((179, 181)):
        then = now - timedelta(days=days)
        await db.execute(
            "INSERT INTO email_change (id, user_id, old_email, new_email, created_at, expires_at, cancelled_at) "
            "VALUES ($1, $2, $3, 'olivia@example.com', $4, $4, $4)",
            *(new_id(), owner.viewer.user_id, f"left{number}@example.com", then),
        )
    # The queue notes the database's own time.
    await db.execute("DELETE FROM pgqueuer_log")
    assert await counts(await retaining.run(now)) == {"security-log": 1}
    assert await scan("left0@example.com") and not await scan("left1@example.com")
