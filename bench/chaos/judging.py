"""Whether the books agree: every paid order fulfilled or refunded, none twice, nothing oversold, each message sent once.

A mail server that said yes to a worker which died before noting it hears the message again: SMTP has no way to ask. Both
copies carry one Message-ID, by which mail programs and mailbox servers show one. So a second copy is forgiven only
where a second attempt was noted, and a second Message-ID for one purpose never.
"""

from collections import Counter
from collections.abc import Iterator

from bench.chaos.books import Books, Row, is_paid
from bench.chaos.buyer import Diary

FULFILLED = ("completed", "partially_refunded", "disputed", "refunded")
MOST_PRINTED = 20


def breaches(books: Books, diary: Diary) -> list[str]:
    """Return every promise that was broken, in words; empty when none was."""
    found = [*_money(books), *_orders(books), *_stock(books), *_messages(books)]
    found += _buyers(books, diary)
    found += [f"a job gave up ({books.dead})"] if books.dead else []
    return found + [f"auditor: {finding}" for finding in books.findings]


def _money(books: Books) -> Iterator[str]:
    """Each payment that Stripe took belongs to one order that was fulfilled, or went back whole, once."""
    orders = {order["stripe_session_id"]: order for order in books.orders}
    returned: Counter[str] = Counter()
    for refund in books.refunds:
        if refund["status"] == "succeeded":
            returned[refund["payment_intent"]] += refund["amount"]
    paid_for: Counter[str] = Counter()
    for session in filter(is_paid, books.sessions):
        intent, amount = session["payment_intent"], session["amount_total"]
        paid_for[session["metadata"]["order_id"]] += 1
        order = orders.get(session["id"])
        if order is None:
            yield f"paid, and no order knows of it: {session['id']}"
        elif order["payment_intent"] != intent or order["amount"] != amount:
            yield f"order {order['id']} was paid otherwise than it says"
        elif order["completed_at"] is None and returned[intent] != amount:
            yield f"order {order['id']} was paid, is {order['state']}, and {returned[intent]} of {amount} went back"
        elif order["refunded_amount"] != returned[intent]:
            yield f"order {order['id']} counts {order['refunded_amount']} as refunded, Stripe {returned[intent]}"
        elif returned[intent] > amount:
            yield f"order {order['id']} got more back than it paid"
    yield from (f"order {id} was paid {times} times" for id, times in paid_for.items() if times > 1)


def _orders(books: Books) -> Iterator[str]:
    """An order is fulfilled only when Stripe took the money, and only once; its units are sold then and only then."""
    paid = {session["id"] for session in books.sessions if is_paid(session)}
    for order in books.orders:
        completed = order["completed_at"] is not None
        if completed and order["stripe_session_id"] not in paid:
            yield f"order {order['id']} was fulfilled and never paid"
        if order["completions"] != completed:
            yield f"order {order['id']} was completed {order['completions']} times"
        if completed != (order["units"] == "sold"):
            yield f"order {order['id']} is {order['state']}, its units are {order['units']}"
        if completed and order["state"] not in FULFILLED:
            yield f"order {order['id']} was completed and is {order['state']}"


def _stock(books: Books) -> Iterator[str]:
    for stock in books.stocks:
        if stock["held"] + stock["sold"] > stock["capacity"]:
            yield f"stock {stock['id']} oversold: {stock['held']} + {stock['sold']} of {stock['capacity']}"
        if stock["delivered"] > stock["capacity"]:
            yield f"stock {stock['id']} delivered {stock['delivered']} of {stock['capacity']}"
        if stock["sold"] != stock["delivered"]:
            yield f"stock {stock['id']} says {stock['sold']} sold, {stock['delivered']} were delivered"


def _messages(books: Books) -> Iterator[str]:
    """One thanks for each fulfilled order, one word for each refund; each sent, and arrived under one Message-ID."""
    known = {message["message_id"] for message in books.messages}
    yield from (
        f"a mail arrived that nobody stored: {id}" for id in books.copies if id not in known
    )
    about: Counter[tuple[str, str]] = Counter()
    for message in books.messages:
        about[message["subject_of"], message["name"]] += 1
        yield from _sent_once(message, books.copies[message["message_id"]])
    for order in books.orders:
        completed = order["completed_at"] is not None
        if (thanks := about[order["id"], "order-completed"]) != completed:
            yield f"order {order['id']} is {order['state']} and was thanked for {thanks} times"
        gave_back = order["refunds"] if completed else 0
        if (told := about[order["id"], "order-refunded"]) != gave_back:
            yield f"order {order['id']} was refunded {gave_back} times and its buyer told {told} times"
        sorry = int(order["state"] == "refunded" and not completed)
        if about[order["id"], "order-unavailable"] != sorry:
            yield f"order {order['id']} came too late, and its buyer was told otherwise"


def _sent_once(message: Row, copies: int) -> Iterator[str]:
    if message["state"] != "sent":
        yield f"message {message['key']} is {message['state']}"
    elif copies == 0:
        yield f"message {message['key']} is noted as sent and never arrived"
    elif copies > message["attempts"]:
        yield f"message {message['key']} arrived {copies} times in {message['attempts']} attempts"


def _buyers(books: Books, diary: Diary) -> Iterator[str]:
    """What the buyers saw fits what the books say."""
    yield from (f"a buyer was stuck: {what}" for what in diary.stuck)
    paid = {session["id"]: session for session in books.sessions if is_paid(session)}
    yield from (f"a buyer's payment is gone: {id}" for id in diary.paid if id not in paid)
    fulfilled = {order["stripe_session_id"] for order in books.orders if order["completed_at"]}
    yield from (
        f"a buyer got files that nobody sold: {id}" for id in diary.received if id not in fulfilled
    )
    returned = {
        order["stripe_session_id"] for order in books.orders if order["state"] == "refunded"
    }
    yield from (
        f"a buyer was told that the money goes back, and it did not: {id}"
        for id in diary.turned_away
        if id not in returned
    )


def repeated_copies(books: Books) -> int:
    """Return how many mails arrived once more, with the Message-ID of one that was there."""
    return sum(copies - 1 for copies in books.copies.values())
