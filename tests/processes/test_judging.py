"""The judge of a rehearsal: silent when the books agree, and loud for every promise that they show broken."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.chaos.books import Books
from bench.chaos.buyer import Diary
from bench.chaos.judging import breaches, repeated_copies

PAID_AT = datetime(2026, 3, 1, tzinfo=UTC)


def _order(id: str, **columns: Any) -> dict[str, Any]:
    return {
        "id": id,
        "state": "completed",
        "amount": 1425,
        "refunded_amount": 0,
        "stripe_session_id": f"cs_{id}",
        "payment_intent": f"pi_{id}",
        "completed_at": PAID_AT,
        "units": "sold",
        "completions": 1,
        "refunds": 0,
    } | columns


def _session(id: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"cs_{id}",
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": f"pi_{id}",
        "amount_total": 1425,
        "metadata": {"order_id": id},
    } | fields


def _refund(id: str, amount: int = 1425) -> dict[str, Any]:
    return {"payment_intent": f"pi_{id}", "amount": amount, "status": "succeeded"}


def _message(order: str, name: str, **columns: Any) -> dict[str, Any]:
    return {
        "key": f"{name}:{order}",
        "message_id": f"<{name}-{order}>",
        "name": name,
        "state": "sent",
        "attempts": 1,
        "subject_of": order,
    } | columns


def _agreeing() -> Books:
    """One order fulfilled, one refunded by the seller, one paid too late, one never paid."""
    late = _order(
        "late", state="refunded", refunded_amount=1425, completed_at=None, units="lapsed",
        completions=0, refunds=1,
    )  # fmt: skip
    unpaid = _order("unpaid", state="expired", completed_at=None, units="released", completions=0)
    messages = [
        _message("good", "order-completed"),
        _message("back", "order-completed"),
        _message("back", "order-refunded"),
        _message("late", "order-unavailable"),
    ]
    return Books(
        orders=[
            _order("good"),
            _order("back", state="refunded", refunded_amount=1425, refunds=1),
            late,
            unpaid,
        ],
        stocks=[{"id": "s", "capacity": 2, "held": 0, "sold": 2, "delivered": 2}],
        messages=messages,
        sessions=[
            *map(_session, ("good", "back", "late")),
            _session("unpaid", status="expired", payment_status="unpaid"),
        ],
        refunds=[_refund("back"), _refund("late")],
        copies=Counter(str(message["message_id"]) for message in messages),
    )


DIARY = Diary(paid={"cs_good": "a@example.com"}, received={"cs_good"})


def test_books_that_agree_break_no_promise() -> None:
    assert breaches(_agreeing(), DIARY) == []


def _change(books: Books, order: str, **columns: Any) -> Books:
    orders = [{**row, **columns} if row["id"] == order else row for row in books.orders]
    return replace(books, orders=orders)


def _without(books: Books, name: str) -> Books:
    kept = [message for message in books.messages if message["name"] != name]
    return replace(books, messages=kept)


BROKEN: dict[str, tuple[str, Callable[[Books], Books]]] = {
    "money taken, order forgotten": (
        "no order knows",
        lambda books: replace(books, orders=books.orders[1:]),
    ),
    "money taken, nothing delivered": (
        "0 of 1425 went back",
        lambda books: _change(books, "good", completed_at=None, state="expired"),
    ),
    "delivered, never paid": (
        "never paid",
        lambda books: _change(books, "unpaid", completed_at=PAID_AT, completions=1),
    ),
    "fulfilled twice": ("completed 2 times", lambda books: _change(books, "good", completions=2)),
    "paid twice": (
        "paid 2 times",
        lambda books: replace(
            books, sessions=[*books.sessions, {**_session("good"), "id": "cs_2"}]
        ),
    ),
    "refunded twice": (
        "Stripe 2850",
        lambda books: replace(books, refunds=[*books.refunds, _refund("back")]),
    ),
    "refunded twice, and counted so": (
        "more back than it paid",
        lambda books: _change(
            replace(books, refunds=[*books.refunds, _refund("back")]), "back", refunded_amount=2850
        ),
    ),
    "oversold": (
        "oversold",
        lambda books: replace(books, stocks=[{**books.stocks[0], "sold": 3, "delivered": 3}]),
    ),
    "more delivered than sold": (
        "2 sold, 1 were delivered",
        lambda books: replace(books, stocks=[{**books.stocks[0], "delivered": 1}]),
    ),
    "no thanks": ("thanked for 0 times", lambda books: _without(books, "order-completed")),
    "thanked twice": (
        "thanked for 2 times",
        lambda books: replace(
            books,
            messages=[*books.messages, _message("good", "order-completed", message_id="<again>")],
            copies=books.copies + Counter({"<again>": 1}),
        ),
    ),
    "refund untold": ("told 0 times", lambda books: _without(books, "order-refunded")),
    "sent, never arrived": ("never arrived", lambda books: replace(books, copies=Counter())),
    "sent twice without need": (
        "2 times in 1 attempts",
        lambda books: replace(books, copies=books.copies + books.copies),
    ),
    "a stray mail": (
        "nobody stored",
        lambda books: replace(books, copies=books.copies + Counter({"<stray>": 1})),
    ),
    "a mail left behind": (
        "is queued",
        lambda books: replace(
            books, messages=[{**books.messages[0], "state": "queued"}, *books.messages[1:]]
        ),
    ),
    "a job gave up": ("gave up", lambda books: replace(books, dead=1)),
    "the auditor's finding": ("auditor: held", lambda books: replace(books, findings=["held"])),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_promise_is_found(name: str) -> None:
    words, breaking = BROKEN[name]
    found = breaches(breaking(_agreeing()), DIARY)
    assert any(words in breach for breach in found), found


def test_a_buyers_word_counts_too() -> None:
    stuck = Diary(
        paid={"cs_gone": "a@example.com"}, received={"cs_unpaid"}, stuck=["no answer"],
        turned_away={"cs_good", "cs_late"},
    )  # fmt: skip
    found = " ".join(breaches(_agreeing(), stuck))
    assert "payment is gone: cs_gone" in found
    assert "files that nobody sold: cs_unpaid" in found
    assert "and it did not: cs_good" in found and "did not: cs_late" not in found
    assert "stuck: no answer" in found


def test_a_second_copy_is_forgiven_where_a_second_attempt_was_noted() -> None:
    books = _agreeing()
    again = {**books.messages[0], "attempts": 2}
    copies = books.copies + Counter({str(again["message_id"]): 1})
    books = replace(books, messages=[again, *books.messages[1:]], copies=copies)
    assert breaches(books, DIARY) == []
    assert repeated_copies(books) == 1
