"""The report: exact figures by time, page and source, in the console and as CSV, for those who may see them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.analytics.periods import read_period
from app.analytics.reporting import Report, make_report
from app.core import db
from app.core.ids import new_id
from app.pages.collecting import collection_of
from app.pages.loading import PageRecord
from app.pages.overview import briefs_of
from app.pages.sources import Kind, Source
from app.registrations.cancelling import cancel
from tests.factories.deliveries import make_sold
from tests.factories.links import sale_of, share
from tests.factories.orders import buy
from tests.factories.pages import make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.factories.visits import visited

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REPORT, EXPORT = "/console/analytics", "/console/analytics/export.csv"
VIP = Source(Kind.LINK, "vip")
SITE = Source(Kind.SITE, "example.org")


async def reported(owner: Any, now: datetime, **query: str) -> Report:
    pages = await briefs_of(owner.viewer.group_id)
    return await make_report(pages, read_period(query, "UTC", now))


async def pay(order_id: Any, at: datetime, refunded: int = 0) -> None:
    await db.execute(
        """UPDATE "order" SET state = 'completed', completed_at = $2, refunded_amount = $3 WHERE id = $1""",
        *(order_id, at, refunded),
    )


@pytest.fixture
async def page(owner: Any, now: datetime) -> PageRecord:
    return await make_page(owner.viewer, now=now, amount=2000, quantity=None, discount_percent=0)


@pytest.mark.any_moment
async def test_what_came_of_a_page(owner: Any, page: PageRecord, now: datetime) -> None:
    await visited(page, now, "ann", "ben", "cy", "dee")
    await visited(page, now, "ann", views=2)
    await visited(page, now, "eve", source=VIP)
    first = await buy(sale_of(page), now, source="vip", email="eve@example.com")
    second = await buy(sale_of(page), now, email="ann@example.com")
    await buy(sale_of(page), now, email="ben@example.com")
    await pay(first.order_id, now)
    await pay(second.order_id, now, refunded=500)
    report = await reported(owner, now)
    total = report.total
    assert (total.views, total.visitors) == (7, 5)
    assert (total.checkouts, total.orders, total.free, total.gained) == (3, 2, 0, 2)
    assert total.conversion == 40.0
    assert {key: (each.gross, each.refunded, each.net) for key, each in total.revenue.items()} == {
        "EUR": (4000, 500, 3500)
    }
    ((source, by_link),) = report.links()
    assert source == VIP and (by_link.visitors, by_link.orders, by_link.revenue["EUR"].net) == (1, 1, 2000)  # fmt: skip
    assert (report.unlinked.visitors, report.unlinked.checkouts, report.unlinked.orders) == (
        4,
        2,
        1,
    )
    assert report.by_page[page.id] == total


async def test_money_of_two_currencies_is_never_added_up(owner: Any, now: datetime) -> None:
    for currency, amount in (("EUR", 2000), ("JPY", 900)):
        sold = await make_sold(owner.viewer, now, amount=amount, currency=currency)
        await db.execute('UPDATE "order" SET completed_at = $2 WHERE id = $1', sold.id, now)
    total = (await reported(owner, now)).total
    assert {key: each.net for key, each in total.revenue.items()} == {"EUR": 2000, "JPY": 900}
    html = (await owner.get(REPORT)).text
    assert "€20.00" in html and "¥900" in html


async def test_signups_count_and_cancelled_ones_do_not(owner: Any, now: datetime) -> None:
    event = await make_event(owner.viewer, now=now)
    await visited(event, now, "ann", "ben", "cy")
    await make_registration(event, now, "ann@example.com")
    gone = await make_registration(event, now, "ben@example.com")
    await cancel(await collection_of(event.id, now), gone.id, now, tell=False)
    report = await reported(owner, now)
    assert (report.total.signups, report.total.visitors) == (1, 3)
    assert report.of_sellers(sells=True).visitors == 0
    assert report.of_sellers(sells=False).signups == 1


@pytest.mark.any_moment
async def test_a_period_compares_with_the_one_before(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    for days, who in ((0, "ab"), (6, "c"), (7, "defg"), (13, "h"), (14, "xyz")):
        await visited(page, now - days * DAY, *who)
    report = await reported(owner, now, range="7d")
    assert (report.total.visitors, report.previous.visitors) == (3, 5)
    assert [each.visitors for each in report.by_time] == [1, 0, 0, 0, 0, 0, 2]
    assert "\u221240 %" in (await owner.get(f"{REPORT}?range=7d")).text


async def test_a_day_is_as_long_as_it_is_there(owner: Any, page: PageRecord, now: datetime) -> None:
    """In Berlin the clocks went back on 2025-10-26, so that day had twenty-five hours."""
    pages = await briefs_of(owner.viewer.group_id)
    for moment in (
        datetime(2025, 10, 25, 21, 59, tzinfo=UTC),  # the last minute of the 25th
        datetime(2025, 10, 25, 22, 0, tzinfo=UTC),
        datetime(2025, 10, 26, 22, 59, tzinfo=UTC),  # the last minute of the 26th
        datetime(2025, 10, 26, 23, 0, tzinfo=UTC),
    ):
        await visited(page, moment, f"{moment}")
    query = {"range": "custom", "from": "2025-10-25", "to": "2025-10-27"}
    report = await make_report(pages, read_period(query, "Europe/Berlin", now))
    assert [each.views for each in report.by_time] == [1, 2, 1]
    query |= {"from": "2025-10-26", "to": "2025-10-26"}
    report = await make_report(pages, read_period(query, "Europe/Berlin", now))
    assert len(report.by_time) == 25 and report.total.views == 2
    query |= {"from": "2026-03-29", "to": "2026-03-29"}
    assert len(read_period(query, "Europe/Berlin", now).parts) == 23


async def test_the_page_tells_its_figures_in_drawings_and_in_words(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await visited(page, now, "ann", "ben")
    await visited(page, now, "cy", source=SITE)
    for path in (REPORT, f"{REPORT}?page_id={page.id}", f"/console/pages/{page.id}/analytics"):
        for name in ("24h", "7d", "30d", "90d"):
            answer = await owner.get(path, params={"range": name} if "?" not in path else {})
            assert answer.status_code == 200
            for part in ('role="img"', "<title", "<desc", "Views and visitors", "example.org", "as a table"):  # fmt: skip
                assert part in answer.text
            assert "style=" not in answer.text


async def test_nothing_yet_and_nobody_came(owner: Any, now: datetime) -> None:
    assert "Nothing to report yet" in (await owner.get(REPORT)).text
    await make_page(owner.viewer, now=now)
    assert "Nobody came in this time" in (await owner.get(REPORT)).text


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "2026-01-01", "Please choose a day."),
        ("2026-01-02", "2026-01-01", "The last day must not be before the first."),
        ("2020-01-01", "2026-01-01", "At most 366 days at once."),
        ("2999-01-01", "2999-01-02", "That day is still to come."),
        ("0001-01-01", "2026-01-01", "Please choose a day."),
        ("\ud800<script>", "x", "Please choose a day."),
    ],
)
async def test_days_that_can_not_be_are_told_beside_the_field(
    owner: Any, page: PageRecord, first: str, last: str, said: str
) -> None:
    query = {"range": "custom", "from": first.encode("utf-8", "replace").decode(), "to": last}
    answer = await owner.get(REPORT, params=query)
    assert answer.status_code == 422 and said in answer.text and "<script>alert" not in answer.text
    assert (await owner.get(EXPORT, params=query)).status_code == 400


async def test_htmx_gets_the_report_alone(owner: Any, page: PageRecord) -> None:
    answer = await owner.get(REPORT, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="analytics"') and "<html" not in answer.text


@pytest.mark.any_moment
async def test_the_csv_adds_up_and_runs_no_formula(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await db.execute("UPDATE page SET title = '=1+1' WHERE id = $1", page.id)
    await visited(page, now, "ann", "ben", source=Source(Kind.CAMPAIGN, "@sum(a1)"))
    await visited(page, now, "ann", source=VIP)
    await share(page, now)
    placed = await buy(sale_of(page), now, source="vip")
    await pay(placed.order_id, now, refunded=150)
    answer = await owner.get(f"{EXPORT}?range=24h")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["page"] for row in rows} == {"'=1+1"}
    assert {(row["source_kind"], row["source"], row["views"], row["visitors"]) for row in rows} == {
        ("campaign", "'@sum(a1)", "2", "2"),
        # Ann came by the campaign first.
        ("link", "vip", "1", "0"),
        ("link", "vip", "0", "0"),
    }
    (sold,) = (row for row in rows if row["currency"])
    assert (sold["orders"], sold["revenue"], sold["refunded"]) == ("1", "18.50", "1.50")
    start, end = (datetime.fromisoformat(sold[key]) for key in ("from", "to"))
    assert end - start == HOUR and start <= now < end


async def test_an_outsider_learns_nothing(outsider: Any, page: PageRecord, now: datetime) -> None:
    await visited(page, now, "ann")
    assert (await outsider.get(f"/console/pages/{page.id}/analytics")).status_code == 404
    for path in (f"{REPORT}?page_id={page.id}", f"{EXPORT}?page_id={page.id}"):
        assert (await outsider.get(path)).status_code == 404
    assert page.title not in (await outsider.get(EXPORT)).text
    assert (await outsider.get(f"{REPORT}?page_id={new_id()}")).status_code == 404
    assert (await outsider.get(f"{REPORT}?page_id=nonsense")).status_code == 200


async def test_an_editor_sees_it_and_exports_nothing(
    owner: Any, colleague: Any, page: PageRecord
) -> None:
    assert "Export CSV" in (await owner.get(REPORT)).text
    answer = await colleague.get(REPORT)
    assert answer.status_code == 200 and "Export CSV" not in answer.text
    assert (await colleague.get(EXPORT)).status_code == 404


async def test_sources_add_up_to_the_total_whoever_comes_by_several(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    site = Source(Kind.SITE, "site.example")
    await visited(page, now, "ann", "ben")
    await visited(page, now, "ann", source=VIP)
    await visited(page, now, "cy", source=site)
    await visited(page, now, "cy", "dee", source=VIP)
    await visited(page, now, "eve", source=Source(Kind.FRAME, "site.example"), views=3)
    report = await reported(owner, now)
    told = [figures.visitors for _source, figures in [*report.links(), *report.others()]]
    assert report.total.visitors == sum(told) == 4
    assert report.total.visitors == report.unlinked.visitors + report.by_source[VIP].visitors
    views = [figures.views for _source, figures in [*report.links(), *report.others()]]
    assert report.total.views == sum(views) == 6
    html = (await owner.get(REPORT)).text
    assert "shown 3 times" in html and "the sources add up to the total" in html


async def test_an_order_without_a_visit_is_not_denied(
    owner: Any, page: PageRecord, now: datetime
) -> None:
    await visited(page, now, "ann", source=VIP)
    assert "Everybody came by a share link" in (await owner.get(REPORT)).text
    placed = await buy(sale_of(page), now, email="ben@example.com")
    await pay(placed.order_id, now)
    html = (await owner.get(REPORT)).text
    assert "Everybody came by a share link" not in html
    assert "No visits without a share link were counted" in html
