"""Discount codes: one word is one code, whether it is good is told the same everywhere, and its uses are stock."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from app.core import db
from app.core.errors import NotFound
from app.core.forms import FieldError
from app.core.ids import new_id
from app.stock.codes import queries, writing
from app.stock.codes.finding import AS_JSON, read_code
from app.stock.codes.queries import code_of_group, list_codes
from app.stock.codes.standing import ALPHABET, Standing, normalized
from app.stock.codes.writing import Terms
from app.stock.holding import release, sell
from tests.factories.codes import found, make_code, owner_of
from tests.factories.stock import make_hold

HOUR = timedelta(hours=1)


@drawn(st.text(max_size=60))
def test_what_is_typed_means_one_code_or_none(text: str) -> None:
    code = normalized(text)
    assert normalized(text.lower()) in (code, "") and normalized(code) == code
    assert ALPHABET.issuperset(code) and len(code) <= 40


# Dashes, full-width letters and invisible marks, as phones and word processors write them.
TYPED = ["early\u2011bird", "early\u2013bird", "early\u2014bird", "early\u2212bird", "early\ufe63bird", "early\uff0dbird",
         "early\u2010bird", "\u200bearly-\u200dbird\ufeff", "early\u00ad-bird", "\u00a0early\u202f-\u00a0bird", "\u202aEARLY-BIRD\u202c",
         "\uff45\uff41\uff52\uff4c\uff59\uff0d\uff42\uff49\uff52\uff44", "early-bird\ufe0f", "\u2066early-bird\u2069"]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_what_looks_like_a_code_is_it(typed: str) -> None:
    assert normalized(typed) == "EARLY-BIRD"


async def test_it_is_found_however_it_is_typed(owner: Any, outsider: Any, now: datetime) -> None:
    code = await make_code(owner.viewer, now, "EARLY-BIRD")
    for typed in ("EARLY-BIRD", "early-bird", " Early-Bird\n", "early -bird", *TYPED):
        assert await found(owner.viewer, typed) == code
    for typed in ("", "EARLYBIRD", "EARLY_BIRD", "EARLY-BIRD'", "x" * 99, "\x00"):
        assert await found(owner.viewer, typed) is None
    assert await found(outsider.viewer, "EARLY-BIRD") is None


async def test_a_word_is_one_live_code_of_a_group(owner: Any, outsider: Any, now: datetime) -> None:
    first = await make_code(owner.viewer, now)
    with pytest.raises(FieldError, match="of this name") as refused:
        await make_code(owner.viewer, now)
    assert refused.value.field == "code"
    await make_code(outsider.viewer, now)
    user = owner.viewer.user_id
    await writing.switch(first.id, False, user, now)
    second = await make_code(owner.viewer, now, percent=20)
    assert await found(owner.viewer, "SPRING10") == second
    with pytest.raises(FieldError, match="of this name"):
        await writing.switch(first.id, True, user, now)
    other = await make_code(owner.viewer, now, "OTHER")
    with pytest.raises(FieldError, match="of this name"):
        await writing.rename_code(other.id, "SPRING10", 5, user, now)
    with pytest.raises(asyncpg.CheckViolationError):
        await writing.rename_code(other.id, "small", 5, user, now)


async def test_made_twice_it_is_one(owner: Any, outsider: Any, now: datetime) -> None:
    code_id = new_id()
    for _ in range(2):
        await writing.create_code(code_id, owner_of(owner.viewer), Terms("ONCE", percent=5), now)
    assert await db.fetch_value("SELECT count(*) FROM stock") == 1
    with pytest.raises(NotFound):
        await writing.create_code(code_id, owner_of(outsider.viewer), Terms("ONCE", percent=5), now)
    with pytest.raises(NotFound):
        await code_of_group(code_id, outsider.viewer.group_id, now)


@pytest.mark.parametrize(
    "values",
    [
        {"percent": 101},
        {"percent": -1},
        {"amount": 0, "percent": None, "currency": "EUR"},
        {"amount": 100, "percent": None},
        {"amount": 100, "currency": "EUR"},
        {"percent": None},
        {"per_buyer_limit": 0},
        {"maximum_uses": -1},
        {"code": ""},
        {"code": "small"},
    ],
)
async def test_the_database_refuses_what_is_no_code(
    owner: Any, now: datetime, values: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"code": "FINE", "percent": 10, **values}
    terms = Terms(**given)
    with pytest.raises(asyncpg.CheckViolationError):
        await writing.create_code(new_id(), owner_of(owner.viewer), terms, now)
    with pytest.raises(asyncpg.CheckViolationError):
        await make_code(owner.viewer, now, valid_from=now, valid_until=now)


async def test_how_it_stands_is_told_alike_by_python_and_sql(owner: Any, now: datetime) -> None:
    times = (None, now - HOUR, now, now + HOUR)
    number = 0
    for start in times:
        for end in times:
            for uses, held, sold in ((None, 0, 0), (2, 0, 0), (2, 1, 1), (2, 0, 2)):
                if start and end and end <= start:
                    continue
                number += 1
                code = await make_code(
                    owner.viewer, now, f"C{number}",
                    valid_from=start, valid_until=end, maximum_uses=uses,
                )  # fmt: skip
                await db.execute(
                    "UPDATE stock SET held = $2, sold = $3 WHERE id = $1", code.stock_id, held, sold
                )
    await db.execute("UPDATE discount_code SET active = false WHERE code LIKE '%7'")
    rows = await db.fetch(
        f"SELECT c.id, {queries.STANDING} AS standing FROM discount_code c JOIN stock s ON s.id = c.stock_id",
        now,
    )
    seen: set[Standing] = set()
    for row in rows:
        shown = await code_of_group(row["id"], owner.viewer.group_id, now)
        assert shown.standing == row["standing"]
        seen.add(shown.standing)
    assert len(rows) == number and seen == set(Standing)


async def test_its_uses_are_held_sold_and_given_back(owner: Any, now: datetime) -> None:
    code = await make_code(owner.viewer, now, maximum_uses=2)
    group = owner.viewer.group_id
    holds = [await make_hold({code.stock_id: 1}, now) for _ in range(2)]
    assert (await code_of_group(code.id, group, now)).standing is Standing.HELD
    await sell(holds[0], now)
    await release(holds[1], now)
    shown = await code_of_group(code.id, group, now)
    assert (shown.level.held, shown.level.sold, shown.standing) == (0, 1, Standing.GOOD)
    await make_hold({code.stock_id: 1}, now)
    fewer = Terms(code.code, percent=10, maximum_uses=1, everywhere=True)
    with pytest.raises(FieldError, match="in baskets already") as refused:
        await writing.change_code(code.id, fewer, owner.viewer.user_id, now)
    assert refused.value.field == "maximum_uses"


async def test_the_list_is_searched_narrowed_and_paged(
    owner: Any, outsider: Any, now: datetime
) -> None:
    for number in range(23):
        await make_code(owner.viewer, now, f"CODE-{number}")
    await make_code(owner.viewer, now, "OLD_1".replace("_", "-"), valid_until=now)
    await make_code(owner.viewer, now, "LATER", valid_from=now + HOUR)
    await make_code(outsider.viewer, now, "THEIRS")
    group = owner.viewer.group_id
    first = await list_codes(group, now)
    assert (first.total, first.pages, len(first.rows)) == (25, 2, 20)
    assert first.rows[0].code.code == "LATER"
    assert len((await list_codes(group, now, page=99)).rows) == 5
    assert first.counts == {"good": 23, "soon": 1, "over": 1, "off": 0}
    narrowed = await list_codes(group, now, state="over")
    assert [row.code.code for row in narrowed.rows] == ["OLD-1"]
    assert (await list_codes(group, now, search="code-2")).total == 4
    for search in ("%", "_", "\\", "theirs"):
        assert (await list_codes(group, now, search=search)).total == 0


async def test_another_module_reads_it_in_its_own_statement(owner: Any, now: datetime) -> None:
    code = await make_code(owner.viewer, now, valid_from=now, valid_until=now + HOUR)
    row = await db.fetch_value(f"SELECT {AS_JSON.format(id='$1')}", code.id)
    import json

    assert read_code(json.loads(row)) == code
    assert read_code(None) is None
