"""Two-factor in the account: begun with the password, on with the first code, off with both; codes are kept once."""

import asyncio
import re
import sys
from datetime import datetime, timedelta

import pytest
from pyotp.totp import TOTP

from app.auth import recovery_codes, totp, two_factor
from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from tests.conftest import Inbox, Member
from tests.factories.two_factor import Phone, make_two_factor
from tests.support.aliases import RunJobs

HTMX = {"HX-Request": "true"}
URL = "/console/account/two-factor"
PASSWORD = "correct horse 1"
STEP = timedelta(seconds=30)
SPELLED = re.compile(r"<code>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</code>")


@pytest.fixture
async def phone(owner: Member, clock: ManualClock) -> Phone:
    """Olivia's, with two-factor on since half a minute, so that the present code is a fresh one."""
    made = await make_two_factor(owner.viewer, PASSWORD, clock.now())
    clock.advance(STEP)
    return made


async def test_it_is_set_up_without_scripts(owner: Member, now: datetime) -> None:
    assert "Off" in (await owner.get(URL)).text
    begun = await owner.post(f"{URL}/setup", data={"password": PASSWORD})
    assert begun.headers["location"] == f"{URL}/setup"
    shown = (await owner.get(f"{URL}/setup")).text
    assert "<svg" in shown
    assert "style=" not in shown
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', shown)
    assert found is not None
    secret = found.group(1).replace(" ", "")
    assert f"otpauth://totp/Mayfly:olivia%40example.com?secret={secret}&amp;issuer=Mayfly" in shown
    assert not await two_factor.is_on(owner.viewer.user_id)
    on = await owner.post(URL, data={"code": TOTP(secret).at(now)})
    assert on.status_code == 200
    assert on.headers["cache-control"] == "no-store"
    codes = SPELLED.findall(on.text)
    assert len(set(codes)) == 10
    later = (await owner.get(URL)).text
    assert "10 of 10" in later
    assert not any(code in later for code in codes)
    assert (await owner.post(URL, data={"code": TOTP(secret).at(now)})).status_code == 409
    again = await owner.post(f"{URL}/setup", data={"password": PASSWORD})
    assert again.status_code == 409


async def test_or_with_them_by_fragments(owner: Member, now: datetime) -> None:
    begun = await owner.post(f"{URL}/setup", data={"password": PASSWORD}, headers=HTMX)
    secret = await two_factor.begun_secret(owner.viewer.user_id)
    assert secret is not None
    assert totp.spaced(secret) in begun.text
    wrong = await owner.post(URL, data={"code": "000 000"}, headers=HTMX)
    assert wrong.status_code == 422
    for answer in (begun, wrong):
        assert answer.text.lstrip().startswith('<div id="two-factor"')
    on = await owner.post(URL, data={"code": TOTP(secret).at(now)}, headers=HTMX)
    assert "Two-factor is on." in on.text
    assert len(SPELLED.findall(on.text)) == 10


async def test_neither_step_goes_without_its_secret(owner: Member, now: datetime) -> None:
    assert (await owner.get(f"{URL}/setup")).headers["location"] == URL
    assert (await owner.post(URL, data={"code": "123456"})).status_code == 409
    refused = await owner.post(f"{URL}/setup", data={"password": "a guess it is"})
    assert refused.status_code == 422
    assert 'id="f-password-error"' in refused.text
    assert await db.fetch_value("SELECT count(*) FROM two_factor") == 0
    await owner.post(f"{URL}/setup", data={"password": PASSWORD})
    secret = await two_factor.begun_secret(owner.viewer.user_id)
    assert secret is not None
    stale = TOTP(secret).at(now - 4 * STEP)
    for code in ("", "12345", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", stale):
        answer = await owner.post(URL, data={"code": code})
        assert answer.status_code == 422
        assert 'id="f-code-error"' in answer.text
    assert not await two_factor.is_on(owner.viewer.user_id)


async def test_the_code_is_the_standards_and_a_little_drift_is_no_matter(now: datetime) -> None:
    # RFC 6238, appendix B: the last six of the eight digits for SHA-1.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        moment = datetime.fromtimestamp(seconds, now.tzinfo)
        for drift in (-STEP, timedelta(), STEP):
            assert totp.matching_step(secret, code, moment + drift) == seconds // 30
        for drift in (-2 * STEP, 2 * STEP):
            assert totp.matching_step(secret, code, moment + drift) is None


async def test_a_code_counts_once(owner: Member, phone: Phone, clock: ManualClock) -> None:
    user_id, now = owner.viewer.user_id, clock.now()
    code = phone.code(now)
    assert await two_factor.take_code(user_id, code, now) == two_factor.APP
    for later in (timedelta(), timedelta(seconds=5), STEP):
        assert await two_factor.take_code(user_id, code, now + later) is None
    assert await two_factor.take_code(user_id, phone.code(now - STEP), now) is None
    assert await two_factor.take_code(user_id, phone.code(now + STEP), now) == two_factor.APP


async def test_the_key_is_sealed_and_the_codes_are_digests(owner: Member, phone: Phone) -> None:
    stored = str([dict(row) for row in await db.fetch("SELECT * FROM two_factor")])
    stored += str([dict(row) for row in await db.fetch("SELECT * FROM recovery_code")])
    stored += str([dict(row) for row in await db.fetch("SELECT * FROM message")])
    stored += str([dict(row) for row in await db.fetch("SELECT * FROM security_log")])
    for secret in (phone.secret, *phone.codes, *(code.replace("-", "") for code in phone.codes)):
        assert secret not in stored


async def test_the_key_outlives_the_key_that_sealed_it(
    owner: Member, phone: Phone, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = get_settings()
    monkeypatch.setattr(settings, "secret_keys", ["n" * 40, *settings.secret_keys])
    assert await two_factor.seal_anew() == 1
    assert await two_factor.seal_anew() == 0
    monkeypatch.setattr(settings, "secret_keys", ["n" * 40])
    now, user_id = clock.now(), owner.viewer.user_id
    assert await two_factor.take_code(user_id, phone.code(now), now) == two_factor.APP
    # With every key lost, recovery codes still work.
    monkeypatch.setattr(settings, "secret_keys", ["x" * 40])
    assert await two_factor.take_code(user_id, phone.code(now + STEP), now + STEP) is None
    assert await two_factor.take_code(user_id, phone.codes[0], now) == two_factor.RECOVERY


async def test_a_recovery_code_is_read_as_people_type_it(
    owner: Member, phone: Phone, now: datetime
) -> None:
    user_id = owner.viewer.user_id
    typed = f" {phone.codes[3].upper().replace('-', ' ')} "
    assert await recovery_codes.use_code(user_id, typed, now)
    assert not await recovery_codes.use_code(user_id, phone.codes[3], now)
    assert await recovery_codes.codes_left(user_id) == 9


async def test_the_codes_come_as_a_file_and_nothing_else_does(
    owner: Member, outsider: Member, phone: Phone
) -> None:
    sent = {"code": [*phone.codes, "<script>alert(1)</script>", "not-a-code"]}
    answer = await owner.post(f"{URL}/codes/file", data=sent)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.split("\r\n")[2:-1] == phone.codes
    for member, codes in ((owner, ["not-a-code"]), (owner, []), (outsider, phone.codes)):
        refused = await member.post(f"{URL}/codes/file", data={"code": codes})
        assert refused.status_code == 409
        assert phone.codes[0] not in refused.text


async def test_new_codes_replace_the_old_ones(
    owner: Member, phone: Phone, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox
) -> None:
    now = clock.now()
    assert (await owner.get(f"{URL}/codes")).status_code == 200
    sent = {"password": PASSWORD, "code": phone.code(now)}
    made = await owner.post(f"{URL}/codes", data=sent)
    codes = SPELLED.findall(made.text)
    assert len(set(codes)) == 10
    assert not await recovery_codes.use_code(owner.viewer.user_id, phone.codes[0], now)
    assert await recovery_codes.use_code(owner.viewer.user_id, codes[0], now)
    await run_jobs()
    subjects = [mail["subject"] for mail in await inbox("olivia@example.com")]
    assert {"You have new recovery codes", "Two-factor is on"} <= set(subjects)


@pytest.mark.parametrize("what", ["codes", "removal"])
async def test_both_proofs_are_asked_for(
    owner: Member, phone: Phone, clock: ManualClock, what: str
) -> None:
    good = {"password": PASSWORD, "code": phone.code(clock.now())}
    for field, wrong in (("password", "a guess it is"), ("code", "000000"), ("code", "")):
        for headers in ({}, HTMX):
            sent = {**good, field: wrong}
            answer = await owner.post(f"{URL}/{what}", data=sent, headers=headers)
            assert answer.status_code == 422
            assert f'id="f-{field}-error"' in answer.text
            assert PASSWORD not in answer.text
    assert await two_factor.is_on(owner.viewer.user_id)
    assert await recovery_codes.codes_left(owner.viewer.user_id) == 10


@pytest.mark.parametrize("by", ["app", "recovery"])
async def test_it_is_turned_off_with_both(
    owner: Member, phone: Phone, clock: ManualClock, by: str, run_jobs: RunJobs, inbox: Inbox
) -> None:
    assert (await owner.get(f"{URL}/removal")).status_code == 200
    code = phone.code(clock.now()) if by == "app" else phone.codes[7]
    sent = {"password": PASSWORD, "code": code}
    off = await owner.post(f"{URL}/removal", data=sent)
    assert off.headers["location"] == URL
    for table in ("two_factor", "recovery_code"):
        assert await db.fetch_value(f"SELECT count(*) FROM {table}") == 0
    assert (await owner.get(f"{URL}/removal")).headers["location"] == URL
    await run_jobs()
    assert "Two-factor is off" in [m["subject"] for m in await inbox("olivia@example.com")]


async def test_another_account_is_out_of_reach(
    owner: Member, outsider: Member, colleague: Member, phone: Phone, clock: ManualClock
) -> None:
    """Every address is about whoever asks: with Olivia's own proofs nobody else changes anything of hers."""
    sent = {"password": PASSWORD, "code": phone.codes[0]}
    for stranger in (outsider, colleague):
        for what in ("codes", "removal"):
            assert (await stranger.post(f"{URL}/{what}", data=sent)).status_code in (303, 422)
    assert await two_factor.is_on(owner.viewer.user_id)
    assert await recovery_codes.codes_left(owner.viewer.user_id) == 10


async def test_tries_are_bounded(owner: Member, phone: Phone) -> None:
    sent = {"password": PASSWORD, "code": "000000"}
    for _ in range(10):
        assert (await owner.post(f"{URL}/removal", data=sent)).status_code == 422
    assert (await owner.post(f"{URL}/removal", data=sent)).status_code == 429


async def two_factor_off(email: str) -> int:
    """Run the operator's command; return its exit code."""
    command = (sys.executable, "-m", "app.cli", "two-factor-off", email)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    return await process.wait()


async def test_who_runs_the_installation_can_remove_it(owner: Member, phone: Phone) -> None:
    assert await two_factor_off("Olivia@example.com") == 0
    assert not await two_factor.is_on(owner.viewer.user_id)
    assert await two_factor_off("olivia@example.com") == 1
    log = (await owner.get("/console/account/security")).text
    assert "By whoever runs this installation." in log
    assert await db.fetch_value("SELECT count(*) FROM message WHERE name = 'two-factor-off'") == 1
