"""Logging in with two-factor: no session before the code, each code once, a recovery code when the phone is lost."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.auth import limiting
from app.auth.resetting import reset_token
from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from tests.conftest import Inbox, Member
from tests.factories.two_factor import Phone, make_two_factor
from tests.support.aliases import RunJobs

OLIVIA = {"email": "olivia@example.com", "password": "correct horse 1", "next": ""}
CODE, RECOVERY = "/login/code", "/login/recovery"
STEP = timedelta(seconds=30)
ACCOUNT = "/console/account"


@pytest.fixture
async def phone(owner: Member, clock: ManualClock) -> Phone:
    made = await make_two_factor(owner.viewer, OLIVIA["password"], clock.now())
    clock.advance(STEP)
    return made


@pytest.fixture
async def halfway(client: httpx.AsyncClient, phone: Phone) -> httpx.AsyncClient:
    """A browser that has shown Olivia's password."""
    answer = await client.post("/login", data={**OLIVIA, "next": "/console/products"})
    assert answer.headers["location"] == CODE
    return client


@pytest.fixture
async def other(app: Any, owner: Member) -> AsyncGenerator[httpx.AsyncClient, None]:
    base = str(owner.base_url)
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url=base, headers={"Origin": base}
    ) as made:
        yield made


async def sessions() -> int:
    return await db.fetch_value("SELECT count(*) FROM session WHERE ended_at IS NULL")


async def test_the_password_alone_starts_nothing(halfway: httpx.AsyncClient) -> None:
    assert await sessions() == 1  # the fixture's own
    assert "access" not in halfway.cookies
    assert "refresh" not in halfway.cookies
    assert (await halfway.get(ACCOUNT)).status_code == 303
    shown = await halfway.get(CODE)
    assert "olivia@example.com" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    step = next(cookie for cookie in halfway.cookies.jar if cookie.name == "step")
    assert step.has_nonstandard_attr("HttpOnly")


async def test_the_step_is_no_session(halfway: httpx.AsyncClient) -> None:
    step = halfway.cookies["step"]
    for name in ("access", "refresh"):
        halfway.cookies.clear()
        halfway.cookies.set(name, step, domain="127.0.0.1", path="/")
        assert (await halfway.get(ACCOUNT)).status_code == 303


async def test_the_code_lets_in_and_goes_on(
    halfway: httpx.AsyncClient, phone: Phone, clock: ManualClock
) -> None:
    code = phone.code(clock.now())
    answer = await halfway.post(CODE, data={"code": f"{code[:3]} {code[3:]}"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/products"
    assert (await halfway.get(ACCOUNT)).status_code == 200
    assert "step" not in halfway.cookies
    assert (await halfway.get(CODE)).headers["location"] == "/login"


async def test_a_code_seen_over_her_shoulder_is_used_up(
    halfway: httpx.AsyncClient, other: httpx.AsyncClient, phone: Phone, clock: ManualClock
) -> None:
    await other.post("/login", data=OLIVIA)
    code = {"code": phone.code(clock.now())}
    answers = await asyncio.gather(halfway.post(CODE, data=code), other.post(CODE, data=code))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    clock.advance(STEP / 2)
    assert (await other.post(CODE, data=code)).status_code in (303, 422)
    assert await sessions() == 2


async def test_wrong_codes_slow_down_and_the_owner_hears_of_it(
    halfway: httpx.AsyncClient, phone: Phone, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox
) -> None:
    for _ in range(limiting.CODES.free):
        wrong = await halfway.post(CODE, data={"code": "000000"})
        assert wrong.status_code == 422
        assert 'id="f-code-error"' in wrong.text
    good = {"code": phone.code(clock.now())}
    slowed = await halfway.post(CODE, data=good)
    assert slowed.status_code == 429
    assert slowed.headers["retry-after"] == "30"
    clock.advance(STEP)
    good = {"code": phone.code(clock.now())}
    assert (await halfway.post(CODE, data=good)).status_code == 303
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox("olivia@example.com")]
    assert subjects.count("Somebody knows your password") == 1


async def test_a_thief_of_the_password_does_not_keep_her_known_browser_out(
    halfway: httpx.AsyncClient, other: httpx.AsyncClient, phone: Phone, clock: ManualClock
) -> None:
    await halfway.post(CODE, data={"code": phone.code(clock.now())})
    await halfway.post("/logout")
    clock.advance(STEP)
    await other.post("/login", data=OLIVIA)
    for _ in range(limiting.CODES.free):
        await other.post(CODE, data={"code": "000000"})
    assert (await other.post(CODE, data={"code": "000000"})).status_code == 429
    await halfway.post("/login", data=OLIVIA)
    good = {"code": phone.code(clock.now())}
    assert (await halfway.post(CODE, data=good)).status_code == 303


async def test_a_new_password_shuts_the_thief_out_and_ends_the_waits(
    halfway: httpx.AsyncClient, other: httpx.AsyncClient, phone: Phone, clock: ManualClock
) -> None:
    for _ in range(limiting.CODES.free):
        await halfway.post(CODE, data={"code": "000000"})
    row = await db.fetch_one('SELECT id, password_hash FROM "user"')
    assert row is not None
    link = reset_token(row["id"], row["password_hash"], clock.now())
    done = await other.post(f"/reset/{link}", data={"password": "an entirely new one"})
    assert done.headers["location"] == CODE
    assert (await halfway.post(CODE, data={"code": "1"})).headers["location"] == "/login"
    assert (await other.post(CODE, data={"code": phone.code(clock.now())})).status_code == 303


async def test_a_recovery_code_lets_in_once_and_is_told(
    halfway: httpx.AsyncClient,
    other: httpx.AsyncClient,
    phone: Phone,
    run_jobs: RunJobs,
    inbox: Inbox,
) -> None:
    assert "Recovery code" in (await halfway.get(RECOVERY)).text
    used = {"code": phone.codes[0].upper()}
    assert (await halfway.post(RECOVERY, data=used)).status_code == 303
    assert "9 of 10" in (await halfway.get("/console/account/two-factor")).text
    await other.post("/login", data=OLIVIA)
    assert (await other.post(RECOVERY, data=used)).status_code == 422
    await run_jobs()
    mails = [m for m in await inbox("olivia@example.com") if "recovery code" in m["subject"]]
    assert [mail["subject"] for mail in mails] == ["A recovery code was used"]
    assert "9 recovery codes are left" in mails[0]["text"]


async def test_either_page_takes_either_code(halfway: httpx.AsyncClient, phone: Phone) -> None:
    assert (await halfway.post(CODE, data={"code": phone.codes[1]})).status_code == 303


async def test_the_step_runs_out_and_dies_with_the_password(
    halfway: httpx.AsyncClient, owner: Member, phone: Phone, clock: ManualClock
) -> None:
    for sent in ("nonsense", ""):
        kept = halfway.cookies["step"]
        halfway.cookies.set("step", sent, domain="127.0.0.1", path="/")
        assert (await halfway.post(CODE, data={"code": "1"})).headers["location"] == "/login"
        halfway.cookies.set("step", kept, domain="127.0.0.1", path="/")
    change = {"current": OLIVIA["password"], "password": "a much better one"}
    assert (await owner.post("/console/account/password", data=change)).status_code == 303
    dead = await halfway.post(CODE, data={"code": phone.code(clock.now())})
    assert dead.headers["location"] == "/login"
    await halfway.post("/login", data={**OLIVIA, "password": change["password"]})
    clock.advance(timedelta(minutes=get_settings().login_code_minutes))
    late = await halfway.post(CODE, data={"code": phone.code(clock.now())})
    assert late.headers["location"] == "/login"
    assert await sessions() == 1


async def test_a_reset_still_asks_for_the_code(
    client: httpx.AsyncClient, phone: Phone, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox
) -> None:
    await client.post("/forgot", data={"email": OLIVIA["email"]})
    await run_jobs()
    mails = await inbox(OLIVIA["email"])
    link = next(link for mail in mails for link in mail["links"] if "/reset/" in link)
    done = await client.post(httpx.URL(link).path, data={"password": "an entirely new one"})
    assert done.headers["location"] == CODE
    assert await sessions() == 0
    assert (await client.get(ACCOUNT)).status_code == 303
    assert (await client.post(CODE, data={"code": phone.code(clock.now())})).status_code == 303
    assert (await client.get(ACCOUNT)).status_code == 200


async def test_so_does_signing_up_again(client: httpx.AsyncClient, phone: Phone) -> None:
    sent = {**OLIVIA, "name": "Olivia"}
    assert (await client.post("/signup", data=sent)).headers["location"] == CODE
    assert await sessions() == 1


async def test_every_login_is_a_new_session(
    halfway: httpx.AsyncClient, owner: Member, phone: Phone, clock: ManualClock
) -> None:
    """Cookies that somebody planted before are nothing afterwards: no id is ever taken over."""
    planted = dict(owner.cookies)
    for name, value in planted.items():
        halfway.cookies.set(name, value, domain="127.0.0.1", path="/")
    await halfway.post(CODE, data={"code": phone.code(clock.now())})
    assert halfway.cookies["access"] != planted["access"]
    assert halfway.cookies["refresh"] != planted["refresh"]
    rows = await db.fetch("SELECT id, ended_cause FROM session ORDER BY created_at, id")
    assert [row["ended_cause"] for row in rows] == ["replaced", None]
    assert (await owner.get(ACCOUNT)).status_code == 303


async def test_no_code_reaches_a_log(
    halfway: httpx.AsyncClient, phone: Phone, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    code = phone.code(clock.now())
    await halfway.post(CODE, data={"code": "314159"})
    await halfway.post(RECOVERY, data={"code": phone.codes[0]})
    said = "".join(capsys.readouterr())
    said += str([dict(row) for row in await db.fetch("SELECT * FROM security_log")])
    for secret in (code, "314159", phone.codes[0], phone.secret):
        assert secret not in said
