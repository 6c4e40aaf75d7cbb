"""The page of operations: for those named in the settings with a proven address, and for nobody else."""

import asyncio
import os
import re
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.jobs import dead_letters
from app.core.settings import get_settings
from tests.factories.orders import buy, make_sale

STAFF = "/console/staff"
HOME = f"{STAFF}/operations"
HTMX = {"HX-Request": "true"}


@pytest.fixture
async def staff(owner: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Olivia, who runs the installation; the settings say so in their own spelling."""
    monkeypatch.setattr(get_settings(), "staff_emails", ["Olivia@Example.com"])
    await db.execute('UPDATE "user" SET verified_at = now() WHERE email = $1', owner.viewer.email)
    return owner


async def dead_letter(reason: str = "the mail server said no") -> int:
    """Leave a job as the worker leaves one that gave up."""
    payload = b'{"data": {"message_id": "01890000-0000-7000-8000-000000000000"}}'
    job_id: int = await db.fetch_value(
        """INSERT INTO pgqueuer (priority, entrypoint, payload, status, heartbeat, execute_after, attempts)
           VALUES (0, 'notifications.deliver', $1, 'failed', now(), now(), 10) RETURNING id""",
        payload,
    )
    await db.execute(
        """INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, traceback)
           VALUES ($1, 'failed', 'notifications.deliver', 0, jsonb_build_object('exception_message', $2::text))""",
        job_id,
        reason,
    )
    return job_id


async def test_nobody_else_finds_it(
    owner: Any, outsider: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await dead_letter()
    attempts = f"{HOME}/dead-letters/{job_id}/attempts"
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    await db.execute('UPDATE "user" SET verified_at = NULL')
    for member in (owner, outsider):  # she is named, but her address is not proven yet
        assert (await member.get(HOME)).status_code == 404
        assert (await member.post(f"{HOME}/reports")).status_code == 404
        assert (await member.post(attempts)).status_code == 404
        assert STAFF not in (await member.get("/console/pages")).text
    assert (await client.get(HOME)).headers["location"].startswith("/login")
    assert (await client.post(attempts)).status_code == 303
    assert [letter.id for letter in await dead_letters()] == [job_id]
    assert await db.fetch_value("SELECT count(*) FROM invariant_report") == 0


async def test_an_empty_house(staff: Any) -> None:
    page = await staff.get(HOME)
    assert page.status_code == 200
    assert "Not checked yet" in page.text
    assert "No job gave up" in page.text
    assert f'href="{STAFF}"' in (await staff.get("/console/pages")).text


async def test_a_dead_letter_is_shown_and_tried_again(staff: Any) -> None:
    job_id = await dead_letter("the <mail> server said no")
    page = await staff.get(HOME)
    assert "the &lt;mail&gt; server said no" in page.text
    assert "notifications.deliver" in page.text
    attempts = f"{HOME}/dead-letters/{job_id}/attempts"
    assert attempts in page.text
    answer = await staff.post(attempts, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="dead-letters"')
    assert "No job gave up" in answer.text
    row = await db.fetch_one("SELECT status, attempts FROM pgqueuer WHERE id = $1", job_id)
    assert row is not None and (row["status"], row["attempts"]) == ("queued", 0)
    assert (await staff.post(attempts)).status_code == 404


async def test_a_retry_without_scripts_leads_back(staff: Any) -> None:
    job_id = await dead_letter()
    answer = await staff.post(f"{HOME}/dead-letters/{job_id}/attempts")
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    assert "It is queued again" in (await staff.get(HOME)).text


@pytest.mark.parametrize("odd", ["0", "-1", "99999999999999999999", "x", "1.5"])
async def test_an_odd_job_is_not_there(staff: Any, odd: str) -> None:
    assert (await staff.post(f"{HOME}/dead-letters/{odd}/attempts")).status_code == 404


async def test_checking_now_mends_and_shows(staff: Any, clock: Any, stripe_account: Any) -> None:
    sale = await make_sale(staff.viewer, clock.now())
    await buy(sale, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    await db.execute("UPDATE stock SET sold = 1")
    clock.advance(timedelta(minutes=20))
    answer = await staff.post(f"{HOME}/reports", headers=HTMX)
    assert answer.text.lstrip().startswith('<section id="invariant-report"')
    assert 'class="toast warn"' in answer.text
    assert "A hold is over and still live" in answer.text
    assert "sold 1, paid for" in answer.text
    assert re.search(r"<dt>Broken</dt>\s*<dd>1", answer.text)
    await db.execute("UPDATE stock SET sold = 0")
    whole = await staff.post(f"{HOME}/reports")
    assert whole.status_code == 303
    page = await staff.get(HOME)
    assert "Everything agrees" in page.text and 'class="toast good"' in page.text


async def _command(*options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "invariants", *options,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "MAYFLY_LOG_LEVEL": "CRITICAL"},
    )  # fmt: skip
    output, _errors = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.present_only
async def test_the_command_looks_then_mends(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    placed = await buy(sale, now)
    long_ago = now - timedelta(hours=1)
    await db.execute('UPDATE "order" SET completed_at = $1, created_at = $1', long_ago)
    await db.execute("DELETE FROM pgqueuer")
    code, text = await _command("--only-look")
    assert code == 1
    assert f"broken    order-undelivered  {placed.order_id}" in text
    assert await db.fetch_value("SELECT count(*) FROM pgqueuer") == 0
    code, text = await _command()
    assert code == 0, text
    assert f"repaired  order-undelivered  {placed.order_id}" in text
    assert text.splitlines()[-1].startswith("0 broken, 1 repaired")
