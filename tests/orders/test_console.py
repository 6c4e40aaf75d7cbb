"""The seller's orders: found, read, exported, and hidden from everyone else."""

import csv
import io
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.core.ids import new_id
from app.core.spreadsheets import safe_cell
from app.orders.links import download_path
from tests.factories.deliveries import make_sold

HTMX = {"HX-Request": "true"}
LIST = "/console/orders"


async def test_an_empty_list_says_what_comes(owner: Any) -> None:
    page = await owner.get(LIST)
    assert page.status_code == 200
    assert "No orders yet" in page.text
    assert "export.csv" not in page.text


async def test_search_and_filters_narrow_the_list(owner: Any, now: Any) -> None:
    ann = await make_sold(owner.viewer, now, email="ann@example.com", title="Field guide")
    bob = await make_sold(
        owner.viewer, now, email="bob_b@example.com", title="100% maps", state="refunded"
    )

    async def found(**query: str) -> set[str]:
        page = await owner.get(LIST, params=query, headers=HTMX)
        assert page.text.lstrip().startswith('<div id="orders"')
        return {sold.email for sold in (ann, bob) if f"{LIST}/{sold.id}" in page.text}

    both = {ann.email, bob.email}
    assert await found() == both
    assert await found(q="ANN@") == {ann.email}
    assert await found(q=bob.number) == {bob.email}
    assert await found(q="field") == {ann.email}
    assert await found(q="0% m") == {bob.email}
    assert await found(q="%") == {bob.email}
    assert await found(q="_") == {bob.email}
    assert await found(q="\\") == set()
    assert await found(state="refunded") == {bob.email}
    assert await found(state="nonsense") == both
    assert await found(page_id=str(ann.page_id)) == {ann.email}
    assert await found(page_id="nonsense") == both
    assert await found(q="nobody") == set()


async def test_paging(owner: Any, now: Any) -> None:
    for number in range(27):
        await make_sold(owner.viewer, now + timedelta(seconds=number), files=(), stored=False)
    first = await owner.get(LIST)
    assert first.text.count(f'href="{LIST}/') - first.text.count("export.csv") == 25
    second = await owner.get(LIST, params={"page": "2"})
    assert second.text.count(f'href="{LIST}/') - second.text.count("export.csv") == 2
    for odd in ("0", "-1", "99999999999", "x", "2.5"):
        assert (await owner.get(LIST, params={"page": odd})).status_code == 200


async def test_the_list_takes_at_most_six_statements(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await make_sold(owner.viewer, now)
    statements: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(asyncpg.Connection, name)

        async def counted(self: Any, query: str, *args: Any, _run: Any = original, **kwargs: Any):
            statements.append(query)
            return await _run(self, query, *args, **kwargs)

        monkeypatch.setattr(asyncpg.Connection, name, counted)
    assert (await owner.get(LIST)).status_code == 200
    # What the pool runs to clean a connection, and the live bus to see whether its own still lives, is no query of the page.
    own = [text for text in statements if text != "SELECT 1" and "RESET ALL" not in text]
    assert len(own) <= 6, own


async def test_the_detail_shows_history_and_attempts(owner: Any, client: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    await client.get(download_path(sold.id, sold.files[0], "127.0.0.1", now))
    await client.get(download_path(sold.id, sold.files[0], "198.51.100.1", now))
    page = await owner.get(f"{LIST}/{sold.id}")
    assert page.status_code == 200
    assert "Started" in page.text
    assert "From another network" in page.text
    assert "guide.pdf" in page.text


async def test_resending_mails_the_link_once_and_is_recorded(
    owner: Any, client: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    sold = await make_sold(owner.viewer, now, email=f"ann-{new_id()}@example.com")
    form = {"id": str(new_id())}
    first = await owner.post(f"{LIST}/{sold.id}/link", data=form, headers=HTMX)
    answer = await owner.post(f"{LIST}/{sold.id}/link", data=form, headers=HTMX)
    assert first.status_code == answer.status_code == 200
    assert 'id="order"' in answer.text
    assert answer.text.count("Link sent again") == 1
    assert "Olivia" in answer.text
    await run_jobs()
    assert len(await inbox(sold.email)) == 1
    plain = await owner.post(f"{LIST}/{sold.id}/link", data={"id": str(new_id())})
    assert plain.status_code == 303


async def test_resending_what_is_not_paid_is_refused(owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now, state="refunded")
    answer = await owner.post(f"{LIST}/{sold.id}/link", data={"id": str(new_id())})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "amount", ["", "0", "-1", "13.00", "1.999", "abc", "1e9", "99999999999999"]
)
async def test_a_wrong_amount_is_told_beside_the_field(owner: Any, now: Any, amount: str) -> None:
    sold = await make_sold(owner.viewer, now)
    form = {"id": str(new_id()), "amount": amount}
    answer = await owner.post(f"{LIST}/{sold.id}/refunds", data=form)
    assert answer.status_code == 422
    assert 'id="f-amount-error"' in answer.text
    assert await db.fetch_value("SELECT count(*) FROM refund") == 0


async def test_the_export_is_complete_and_harmless(owner: Any, now: Any) -> None:
    await make_sold(owner.viewer, now, title='=HYPERLINK("http://x")', quantity=2)
    await make_sold(owner.viewer, now, email="bob@example.com", currency="JPY", amount=500)
    came = await make_sold(owner.viewer, now, email="cyd@example.com", source="newsletter")
    assert "newsletter" in (await owner.get(f"{LIST}/{came.id}")).text
    answer = await owner.get(f"{LIST}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_email = {row["email"]: row for row in rows}
    assert by_email["ann@example.com"]["amount"] == "25.98"
    assert by_email["bob@example.com"]["amount"] == "500"
    assert by_email["cyd@example.com"]["source"] == "newsletter"
    assert by_email["ann@example.com"]["products"].startswith("2 \u00d7 ")
    narrowed = await owner.get(f"{LIST}/export.csv", params={"q": "bob@"})
    assert b"ann@example.com" not in narrowed.content


async def test_the_export_goes_over_slices(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.orders.exporting.SLICE", 2)
    numbers = {(await make_sold(owner.viewer, now, files=())).number for _ in range(5)}
    answer = await owner.get(f"{LIST}/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert {row["number"] for row in rows} == numbers


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\uff1dx"])
def test_formulas_are_shown_not_run(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("a=1") == "a=1"


async def test_an_outsider_finds_nothing(owner: Any, outsider: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    assert sold.email not in (await outsider.get(LIST)).text
    assert sold.email not in (await outsider.get(f"{LIST}/export.csv")).text
    assert (await outsider.get(f"{LIST}/{sold.id}")).status_code == 404
    link = await outsider.post(f"{LIST}/{sold.id}/link", data={"id": str(new_id())})
    assert link.status_code == 404
    form = {"id": str(new_id()), "amount": "1.00"}
    assert (await outsider.post(f"{LIST}/{sold.id}/refunds", data=form)).status_code == 404
    assert await db.fetch_value("SELECT count(*) FROM refund") == 0
    assert await db.fetch_value("SELECT count(*) FROM message WHERE subject_of = $1", sold.id) == 0


async def test_an_editor_reads_but_neither_refunds_nor_exports(
    owner: Any, colleague: Any, now: Any
) -> None:
    sold = await make_sold(owner.viewer, now)
    page = await colleague.get(f"{LIST}/{sold.id}")
    assert page.status_code == 200
    assert "/refunds" not in page.text
    form = {"id": str(new_id()), "amount": "1.00"}
    assert (await colleague.post(f"{LIST}/{sold.id}/refunds", data=form)).status_code == 404
    link = await colleague.post(f"{LIST}/{sold.id}/link", data={"id": str(new_id())})
    assert link.status_code == 404
    assert (await colleague.get(f"{LIST}/export.csv")).status_code == 404


async def test_a_visitor_is_sent_to_log_in(client: Any, owner: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    for path in (LIST, f"{LIST}/{sold.id}", f"{LIST}/export.csv"):
        assert (await client.get(path)).status_code == 303
    post = await client.post(f"{LIST}/{sold.id}/refunds", data={"amount": "1"})
    assert post.status_code == 303
    assert post.headers["location"].startswith("/login")


@pytest.mark.parametrize("odd", ["nonsense", "%00", "00000000-0000-0000-0000-000000000000"])
async def test_an_unknown_order_is_not_there(owner: Any, odd: str) -> None:
    assert (await owner.get(f"{LIST}/{odd}")).status_code == 404
