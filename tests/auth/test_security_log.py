"""The log that people read about their own account: in words, paged, in their zone, without old addresses."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from app.auth.security_log import note
from app.auth.security_words import known_kinds, words_of
from app.core import db
from tests.conftest import Member

URL = "/console/account/security"
APP = Path(__file__).parents[2] / "app"


async def test_what_happens_is_read_in_words(owner: Member) -> None:
    change = {"current": "a guess it is", "password": "a much better one"}
    await owner.post("/console/account/password", data=change)
    shown = (await owner.get(URL)).text
    for words in ("Account made", "Address confirmed", "Logged in", "Wrong password", "127.0.0.1"):
        assert words in shown
    assert shown.index("Wrong password") < shown.index("Account made")


async def test_times_are_in_the_readers_zone(owner: Member, now: datetime) -> None:
    await db.execute("DELETE FROM security_log")
    summer = now.replace(month=7, day=1, hour=23, minute=30)
    await note("signed-up", summer, user_id=owner.viewer.user_id)
    assert "11:30" in (await owner.get(URL)).text
    await db.execute("UPDATE \"user\" SET zone = 'Asia/Tokyo'")
    shown = (await owner.get(URL)).text
    assert "Times in Asia/Tokyo" in shown
    assert "8:30" in shown


async def test_it_is_paged(owner: Member, now: datetime) -> None:
    for number in range(30):
        moment = now + timedelta(seconds=number)
        await note("password-reset", moment, user_id=owner.viewer.user_id)
    first = (await owner.get(URL)).text
    assert first.count("Password replaced") == 25
    second = await owner.get(f"{URL}?page=2", headers={"HX-Request": "true"})
    assert second.text.lstrip().startswith('<section id="security-log"')
    assert second.text.count("Password replaced") == 5
    for nonsense in ("0", "-1", "x", "99999999999", "²"):
        assert (await owner.get(URL, params={"page": nonsense})).status_code == 200


async def test_old_addresses_are_not_shown(owner: Member, now: datetime) -> None:
    for days, ip in ((31, "192.0.2.1"), (29, "192.0.2.2")):
        moment = now - timedelta(days=days)
        await note("login-failed", moment, user_id=owner.viewer.user_id, ip=ip)
    shown = (await owner.get(URL)).text
    assert "192.0.2.2" in shown
    assert "192.0.2.1<" not in shown


async def test_everyone_reads_their_own(
    owner: Member, outsider: Member, colleague: Member, now: datetime
) -> None:
    await note("login-failed", now, user_id=owner.viewer.user_id, ip="192.0.2.77")
    for stranger in (outsider, colleague):
        assert "192.0.2.77" not in (await stranger.get(URL)).text


def test_every_kind_has_words() -> None:
    """A new kind of line takes words: in `security_words.py` of its module (see `add_words`)."""
    import app.main as main

    main.register_handlers()
    noted = {
        kind
        for file in APP.rglob("*.py")
        for kind in re.findall(r'\bnote\(\s*"([a-z-]+)"', file.read_text())
    }
    assert len(noted) > 20
    assert noted <= known_kinds(), noted - known_kinds()


def test_a_kind_without_words_is_shown_all_the_same() -> None:
    assert words_of("something-new", {}).text == "Something new"


def test_words_hold_whatever_the_details_are() -> None:
    for cause in ("logout", "replaced", "ended", "address"):
        assert words_of("session-ended", {"cause": cause}).text
    assert words_of("sessions-ended", {"count": 1, "cause": "password"}).text == "1 session ended"
    assert words_of("recovery-code-used", {"left": 0}).note == "0 codes are left."
