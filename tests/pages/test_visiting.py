"""What is noted of visits: by whom, from where, and that nothing is kept that leads back to anybody."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.core import db
from app.core.settings import get_settings
from app.pages import visiting, visitors
from app.pages.ending import end
from app.pages.loading import PageRecord
from app.pages.sources import DIRECT, OTHERS, Kind, Source, clean_name, host_of, is_person
from app.pages.visiting import Visit, Visits
from app.pages.visitors import (
    Crowds,
    Names,
    forget_salts,
    network_of,
    recognize,
    salts_of,
    visitor_of,
)
from tests.factories.links import share
from tests.factories.pages import make_page
from tests.factories.visits import BROWSER, PHONE, asked
from tests.support.hearing import heard

DAY = timedelta(days=1)
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


async def noted(
    page: PageRecord, now: datetime, *requests: dict[str, str], **how: Any
) -> list[Visit]:
    """Return what is made of requests for a page."""
    looks = Visits(recognize)
    for headers in requests:
        looks.look(page, asked(headers), now, **how)
    if looks.timer:
        looks.timer.cancel()
    return await recognize(looks.seen)


@pytest.fixture
async def page(owner: Any, now: datetime) -> PageRecord:
    return await make_page(owner.viewer, now=now)


@pytest.mark.any_moment
async def test_one_browser_is_one_visitor_for_a_day(page: PageRecord, now: datetime) -> None:
    first, phone = await noted(page, now, BROWSER, PHONE, BROWSER)
    (again,) = await noted(page, now, BROWSER)
    assert (first.views, phone.views) == (2, 1)
    assert first.visitor == again.visitor != phone.visitor
    (tomorrow,) = await noted(page, now + DAY, BROWSER)
    assert tomorrow.visitor != first.visitor


async def test_another_organization_sees_another_visitor(
    page: PageRecord, outsider: Any, now: datetime
) -> None:
    theirs = await make_page(outsider.viewer, now=now)
    (ours,), (other,) = await noted(page, now, BROWSER), await noted(theirs, now, BROWSER)
    assert ours.visitor != other.visitor


async def test_a_day_is_the_pages_own(owner: Any, now: datetime) -> None:
    page = replace(await make_page(owner.viewer, now=now), zone="Pacific/Auckland")
    midnight = datetime(2026, 6, 3, 12, tzinfo=UTC)  # in Auckland, twelve hours ahead
    minute = timedelta(minutes=1)
    seen = [
        (await noted(page, at, BROWSER))[0].visitor
        for at in (midnight - minute, midnight, midnight + 23 * 60 * minute)
    ]
    assert seen[0] != seen[1] == seen[2]


@pytest.mark.any_moment
async def test_salts_are_shared_random_and_thrown_away(app: Any, now: datetime) -> None:
    visitors.known_salts.clear()
    today = now.date()
    mine = await salts_of([today, today + DAY], now)
    visitors.known_salts.clear()  # as another process has it
    assert await salts_of([today, today + DAY], now) == mine
    assert len(set(mine.values())) == 2 and all(len(salt) == 32 for salt in mine.values())
    await forget_salts(now + 2 * DAY)
    assert {row["day"] for row in await db.fetch("SELECT day FROM visitor_salt")} == {today + DAY}
    assert (await salts_of([today], now))[today] != mine[today]
    visitors.known_salts.clear()


async def test_without_the_salt_a_visitor_can_not_be_found_again(app: Any) -> None:
    organization, network = uuid4(), network_of("203.0.113.7")
    one, other = (visitor_of(salt, organization, network, b"a") for salt in (b"1" * 32, b"2" * 32))
    assert one != other
    assert visitor_of(b"1" * 32, organization, network, b"a") == one


def test_a_network_is_what_one_subscriber_has() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::2") != network_of("2001:db9::1")
    assert network_of("203.0.113.7") != network_of("203.0.113.8")
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7")


async def test_a_program_that_calls_itself_many_browsers_is_one_visitor(
    page: PageRecord, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "crowds", Crowds())
    monkeypatch.setattr(visitors, "MOST_BROWSERS", 3)
    made_up = [{"User-Agent": f"Mozilla/5.0 ({number})"} for number in range(20)]
    found = await noted(page, now, *made_up)
    assert len(found) == len({visit.visitor for visit in found}) == 4
    assert sorted(visit.views for visit in found) == [1, 1, 1, 17]
    assert len(await noted(page, now, *made_up[:4], BROWSER)) == 4


async def test_the_address_is_the_one_behind_our_proxies(
    page: PageRecord, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    forwarded = [{**BROWSER, "X-Forwarded-For": said} for said in ("198.51.100.1", "198.51.100.2")]
    (both,) = await noted(page, now, *forwarded)
    assert both.views == 2, "anybody can send that header"
    monkeypatch.setattr(get_settings(), "trusted_proxies", ["203.0.113.7"])
    ours, theirs = await noted(page, now, *forwarded)
    assert ours.visitor != theirs.visitor
    looks = Visits(recognize)
    request = asked(forwarded[0])
    request["headers"].append((b"x-forwarded-for", b"198.51.100.2, 203.0.113.7"))
    looks.look(page, request, now)
    assert looks.timer
    looks.timer.cancel()
    (own_line,) = await recognize(looks.seen)
    assert own_line.visitor == theirs.visitor


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": f"{CHROME} HeadlessChrome/130.0"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"},
        {
            "User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; ms-office; MSOffice rmj)"
        },
        {
            "User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.2; Microsoft Outlook 16.0.4266; ms-office)"
        },
        {"User-Agent": "Microsoft Office Word 2014"},
        {
            "User-Agent": f"{CHROME} Edge/12 SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com"
        },
        {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Slack-ImgProxy 1.2)"},
        {
            "User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/601 Safari/601 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
        },
        {"User-Agent": "Mozilla/5.0 (compatible; Feedly/1.0)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"},
        {"User-Agent": "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)"},
        {"User-Agent": f"{CHROME} (somebody@example.com)"},
        {**BROWSER, "Sec-Purpose": "prefetch;prerender"},
        {**BROWSER, "Sec-Fetch-Dest": "empty"},
    ],
)
async def test_what_nobody_looks_at_is_not_counted(
    page: PageRecord, now: datetime, headers: dict[str, str]
) -> None:
    assert await noted(page, now, headers) == []


@pytest.mark.parametrize(
    "app",
    [
        "Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0.0.50;]",
        "Mobile/15E148 Instagram 300.0",
        "Mobile/15E148 [Pinterest/iOS]",
        "Mobile/15E148 Snapchat/13.0",
        "Slack_SSB/4.35 Safari/537.36",
        "Safari/537.36 Edg/130.0",
        "Mobile Safari/537.36 Telegram-Android/10.1",
    ],
)
def test_who_reads_within_an_app_is_a_person(app: str) -> None:
    assert is_person(f"Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) {app}")


def test_a_telephone_is_no_robot_whatever_its_make() -> None:
    assert is_person(f"{CHROME} CUBOT_X18") and is_person(PHONE["User-Agent"])


async def test_where_a_visit_came_from(page: PageRecord, now: datetime) -> None:
    from_site = {**BROWSER, "Referer": "https://www.Example.org:8443/a/secret?token=1"}
    own = {**BROWSER, "Referer": get_settings().base_url + "/p/other"}
    for headers, how, source in (
        (BROWSER, {}, DIRECT),
        (own, {}, DIRECT),
        ({**BROWSER, "Referer": "https://[broken"}, {}, DIRECT),
        (from_site, {}, Source(Kind.SITE, "example.org")),
        (from_site, {"campaign": " Spring\x00 mail "}, Source(Kind.CAMPAIGN, "Spring mail")),
        (from_site, {"source": "vip", "campaign": "x"}, Source(Kind.LINK, "vip")),
        (from_site, {"framed": True}, Source(Kind.FRAME, "example.org")),
    ):
        assert [each.source for each in await noted(page, now, headers, **how)] == [source]


def test_names_from_outside_are_harmless() -> None:
    assert clean_name("\ud800a\x1b[31m\n" + "b" * 500) == "a[31m" + "b" * 55
    assert host_of("javascript:alert(1)") == host_of("https://a b/") == ""
    page_id, day = uuid4(), datetime(2026, 6, 1, tzinfo=UTC).date()
    names = Names()
    made_up = {
        names.known(page_id, day, Source(Kind.CAMPAIGN, str(number))) for number in range(300)
    }
    assert len(made_up) == 101 and Source(Kind.CAMPAIGN, OTHERS) in made_up
    assert names.known(page_id, day, Source(Kind.CAMPAIGN, "7")).name == "7"
    assert names.known(page_id, day, Source(Kind.LINK, "vip")).name == "vip"
    assert names.known(page_id, day + DAY, Source(Kind.CAMPAIGN, "299")).name == "299"


async def test_pages_note_who_looks_at_them_without_a_cookie(
    owner: Any, client: Any, page: PageRecord, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Visit] = []

    async def sink(batch: Any) -> None:
        seen.extend(batch)

    monkeypatch.setattr(visitors.visits, "waiting", {sink: []})
    path, link = f"/p/{page.short_id}", (await share(page, now)).url
    for url in (path, path, f"{path}?utm_source=mail", link, f"{path}/embed", f"{path}/fragments"):
        answer = await client.get(url, headers=BROWSER)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
    await client.request("HEAD", path, headers=BROWSER)
    await client.get(f"{path}/nothing", headers=BROWSER)
    await visitors.visits.flush()
    views: Counter[tuple[Kind, str]] = Counter()
    for each in seen:
        views[each.source.kind, each.source.name] += each.views
    assert views == {
        (Kind.DIRECT, ""): 2,
        (Kind.CAMPAIGN, "mail"): 1,
        (Kind.LINK, "vip"): 1,
        (Kind.FRAME, ""): 1,
    }
    assert len({each.visitor for each in seen}) == 1
    seen.clear()
    await end(page, owner.viewer.user_id, now)
    await db.execute("UPDATE page SET suspended_at = $1", now)
    await heard()
    visitors_page = await client.get(path, headers=BROWSER)
    await visitors.visits.flush()
    assert visitors_page.status_code == 404 and seen == []


async def test_when_nobody_takes_them_so_many_wait_and_no_more(
    page: PageRecord, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "MOST_WAITING", 3)
    before = dropped()
    taken: list[Visit] = []
    away = True

    async def sink(batch: Any) -> None:
        if away:
            raise OSError("the database is away")
        taken.extend(batch)

    looks = Visits(recognize)
    looks.hand_to(sink)
    for number in range(5):
        looks.look(page, asked(BROWSER, f"203.0.113.{number}"), now)
    await looks.flush()
    for number in range(5, 7):
        looks.look(page, asked(BROWSER, f"203.0.113.{number}"), now)
    await looks.flush()
    assert dropped() - before == 4
    away = False
    await looks.flush()
    assert looks.timer
    looks.timer.cancel()
    newest = {each.visitor for each in await noted_from(page, now, 2, 5, 6)}
    assert {each.visitor for each in taken} == newest


def dropped() -> float:
    return next(iter(visiting.DROPPED.collect())).samples[0].value


async def noted_from(page: PageRecord, now: datetime, *hosts: int) -> list[Visit]:
    looks = Visits(recognize)
    for number in hosts:
        looks.look(page, asked(BROWSER, f"203.0.113.{number}"), now)
    if looks.timer:
        looks.timer.cancel()
    return await recognize(looks.seen)
