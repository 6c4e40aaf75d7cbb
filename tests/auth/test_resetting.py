"""Password reset: the same answer for everyone, and a link that works once."""

from datetime import datetime, timedelta

import httpx
import pytest

from app.auth.resetting import check_reset, reset_password
from app.core import db
from app.core.clock import ManualClock
from app.core.errors import BadSignature, ExpiredLink
from tests.conftest import Inbox, Member
from tests.support.aliases import RunJobs

NEW = "an entirely new one"


async def reset_path(
    client: httpx.AsyncClient, run_jobs: RunJobs, inbox: Inbox, address: str
) -> str:
    response = await client.post("/forgot", data={"email": address})
    assert response.status_code == 200
    await run_jobs()
    mails = [m for m in await inbox(address) if m["subject"] == "Choose a new password"]
    [link] = [link for link in mails[0]["links"] if "/reset/" in link]
    return httpx.URL(link).path


async def test_a_forgotten_password_is_replaced(
    client: httpx.AsyncClient, owner: Member, run_jobs: RunJobs, inbox: Inbox, clock: ManualClock
) -> None:
    path = await reset_path(client, run_jobs, inbox, "olivia@example.com")
    shown = await client.get(path)
    assert "olivia@example.com" in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    short = await client.post(path, data={"password": "short"})
    assert short.status_code == 422
    done = await client.post(path, data={"password": NEW})
    assert done.status_code == 303
    assert done.headers["location"] == "/console"
    assert "Address confirmed" in (await client.get("/console/account")).text
    assert (await owner.get("/console/account")).status_code == 303
    await run_jobs()
    assert (await inbox("olivia@example.com"))[0]["subject"] == "Your password was changed"
    again = {"email": "olivia@example.com", "password": "correct horse 1"}
    assert (await client.post("/login", data=again)).status_code == 422
    assert (await client.post("/login", data={**again, "password": NEW})).status_code == 303


async def test_the_link_works_once(
    client: httpx.AsyncClient, owner: Member, run_jobs: RunJobs, inbox: Inbox, now: datetime
) -> None:
    path = await reset_path(client, run_jobs, inbox, "olivia@example.com")
    assert (await client.get(path)).status_code == 200
    assert (await client.get(path)).status_code == 200
    assert (await client.post(path, data={"password": NEW})).status_code == 303
    assert (await client.get(path)).status_code == 410
    assert (await client.post(path, data={"password": "yet another one"})).status_code == 410
    with pytest.raises(ExpiredLink):
        await check_reset(path.removeprefix("/reset/"), now)


async def test_the_link_grows_old_and_can_not_be_changed(
    client: httpx.AsyncClient, owner: Member, run_jobs: RunJobs, inbox: Inbox, clock: ManualClock
) -> None:
    path = await reset_path(client, run_jobs, inbox, "olivia@example.com")
    for changed in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/reset/nonsense"):
        assert (await client.get(changed)).status_code == 403
        assert (await client.post(changed, data={"password": NEW})).status_code == 403
    with pytest.raises(BadSignature):
        await reset_password("nonsense", NEW, clock.now())
    clock.advance(timedelta(hours=1))
    assert (await client.get(path)).status_code == 410
    assert (await client.post(path, data={"password": NEW})).status_code == 410


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: httpx.AsyncClient, owner: Member, run_jobs: RunJobs, inbox: Inbox
) -> None:
    known = await client.post("/forgot", data={"email": "olivia@example.com"})
    unknown = await client.post("/forgot", data={"email": "stranger@example.com"})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("olivia@", "stranger@") == unknown.text
    await run_jobs()
    assert await inbox("stranger@example.com") == []
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'reset-password'") == 1


async def test_resets_are_limited_by_account_and_by_address(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await client.post("/forgot", data={"email": "a@example.com"})).status_code == 200
    limited = await client.post("/forgot", data={"email": "A@example.com"})
    assert limited.status_code == 429
    assert 'value="A@example.com"' in limited.text
    for number in range(14):
        await client.post("/forgot", data={"email": f"b{number}@example.com"})
    assert (await client.post("/forgot", data={"email": "c@example.com"})).status_code == 429


async def test_a_wrong_address_is_refused_beside_the_field(client: httpx.AsyncClient) -> None:
    response = await client.post("/forgot", data={"email": "nope"})
    assert response.status_code == 422
    assert 'id="f-email-error"' in response.text
