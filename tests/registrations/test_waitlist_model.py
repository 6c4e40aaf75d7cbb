"""Any history of a waitlist equals a plain model of one: no seat given twice, no one overtaken, no seat idle while
someone waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from app.core import db
from app.core.errors import Conflict, Gone
from app.pages.collecting import collection_of
from app.registrations import offering
from app.registrations.cancelling import cancel
from app.registrations.changing import Changes, change
from app.registrations.claiming import claim
from app.registrations.registering import register
from app.stock import holding
from app.stock.capacity import set_capacity
from tests.factories.registrations import sign_up
from tests.factories.types import make_event
from tests.models.machine import DatabaseMachine, clear, run

WINDOW = timedelta(minutes=30)
LARGEST = 4


@dataclass
class Person:
    """What one registrant has and wants. `until` is the end of an offer."""

    id: UUID
    quantity: int
    state: str
    offered: int = 0
    until: datetime | None = None


class Line:
    """The plain model: everybody in the order in which they came."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.people: list[Person] = []

    def waiting(self) -> list[Person]:
        return [one for one in self.people if one.state in ("waiting", "offered")]

    def free(self) -> int:
        taken = sum(one.quantity for one in self.people if one.state == "confirmed")
        return self.capacity - taken - sum(one.offered for one in self.people)

    def offer(self, now: datetime) -> None:
        for one in self.waiting():
            if one.until is not None and one.until <= now:
                one.state, one.offered, one.until = "cancelled", 0, None
        for one in self.waiting():
            more = min(one.quantity - one.offered, self.free())
            if more > 0:
                one.state, one.offered, one.until = "offered", one.offered + more, now + WINDOW

    def add(self, id: UUID, quantity: int, now: datetime) -> None:
        queues = bool(self.waiting()) or quantity > self.free()
        self.people.append(Person(id, quantity, "waiting" if queues else "confirmed"))
        self.offer(now)


class WaitlistMachine(DatabaseMachine):
    """Plays `Line` and the application side by side. `world` is (viewer, now)."""

    line: Line

    @initialize(capacity=st.integers(1, 5))
    def begin(self, capacity: int) -> None:
        viewer, self.now = self.world
        self.do(clear())
        self.line = Line(capacity)
        options: dict[str, Any] = {
            "capacity": capacity,
            "maximum_quantity": LARGEST,
            "offer_minutes": 30,
        }
        self.page = self.do(make_event(viewer, now=self.now, **options))

    def _collection(self) -> Any:
        return self.do(collection_of(self.page.id, self.now))

    @rule(quantity=st.integers(1, LARGEST))
    def somebody_registers(self, quantity: int) -> None:
        email = f"p{len(self.line.people)}@example.com"
        asked = register(self._collection(), sign_up(email, quantity=quantity), self.now)
        outcome = self.do(asked)
        self.line.add(outcome.registration_id, quantity, self.now)
        waits = self.line.people[-1].state != "confirmed"
        assert outcome.state == ("waiting" if waits else "confirmed")

    @precondition(lambda self: self.line.people)
    @rule(number=st.integers(0, 30))
    def somebody_cancels(self, number: int) -> None:
        one = self.line.people[number % len(self.line.people)]
        done = self.do(cancel(self._collection(), one.id, self.now, tell=False))
        assert done == (one.state != "cancelled")
        if done:
            one.state, one.offered, one.until = "cancelled", 0, None
            self.line.offer(self.now)

    @precondition(lambda self: any(one.offered for one in self.line.people))
    @rule(number=st.integers(0, 30), quantity=st.integers(0, LARGEST + 1))
    def somebody_takes_an_offer(self, number: int, quantity: int) -> None:
        offered = [one for one in self.line.people if one.offered]
        one = offered[number % len(offered)]
        late = one.until is not None and one.until <= self.now
        if late or not 1 <= quantity <= one.offered:
            with pytest.raises(Gone if late else Conflict):
                self.do(claim(self._collection(), one.id, quantity, self.now))
            return
        self.do(claim(self._collection(), one.id, quantity, self.now))
        one.state, one.quantity, one.offered, one.until = "confirmed", quantity, 0, None
        self.line.offer(self.now)

    @precondition(lambda self: self.line.waiting())
    @rule(number=st.integers(0, 30), quantity=st.integers(1, LARGEST))
    def somebody_wants_another_number(self, number: int, quantity: int) -> None:
        waiting = self.line.waiting()
        one = waiting[number % len(waiting)]
        late = one.until is not None and one.until <= self.now
        asked = change(self._collection(), one.id, Changes("P", "", quantity, {}), self.now)
        if quantity > one.quantity or (late and quantity < one.quantity):
            with pytest.raises(Conflict):
                self.do(asked)
            return
        self.do(asked)
        if quantity < one.quantity:
            one.quantity, one.offered = quantity, min(one.offered, quantity)
            self.line.offer(self.now)

    @precondition(lambda self: any(one.state == "confirmed" for one in self.line.people))
    @rule(number=st.integers(0, 30), quantity=st.integers(1, LARGEST))
    def somebody_gives_places_back(self, number: int, quantity: int) -> None:
        seated = [one for one in self.line.people if one.state == "confirmed"]
        one = seated[number % len(seated)]
        asked = change(self._collection(), one.id, Changes("P", "", quantity, {}), self.now)
        more = quantity - one.quantity
        if more > 0 and (self.line.waiting() or more > self.line.free()):
            with pytest.raises(Conflict):
                self.do(asked)
            return
        self.do(asked)
        one.quantity = quantity
        if more < 0:
            self.line.offer(self.now)

    @rule(more=st.integers(1, 3))
    def places_are_added(self, more: int) -> None:
        assert self.page.stock_id is not None
        self.line.capacity += more
        self.do(set_capacity(self.page.stock_id, self.line.capacity, self.now))
        self.do(offering.refill(self.page.id, self.now))
        self.line.offer(self.now)

    @rule(minutes=st.integers(5, 40), worker=st.sampled_from(["jobs", "sweep", "down"]))
    def time_passes(self, minutes: int, worker: str) -> None:
        self.now += timedelta(minutes=minutes)
        if worker == "down":
            return
        if worker == "jobs":
            # As the stock's own job does it: the hold is over before anybody looks at the line.
            for entry in self.do(offering.entries_of(self.page.id)):
                if entry.hold_id and entry.overdue(self.now):
                    self.do(holding.lapse(entry.hold_id, self.now))
                    self.do(offering.lapse_hold(entry.hold_id, self.now))
        else:
            self.do(offering.sweep(self.now))
        if any(one.until is not None and one.until <= self.now for one in self.line.people):
            self.line.offer(self.now)

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        if not hasattr(self, "line"):
            return
        rows = self.do(
            db.fetch(
                """SELECT r.id, r.state, r.quantity, coalesce(w.offered, 0) AS offered, w.offer_expires_at
                   FROM registration r LEFT JOIN waitlist_entry w ON w.registration_id = r.id AND w.ended_at IS NULL"""
            )
        )
        found = {row["id"]: tuple(row)[1:] for row in rows}
        for one in self.line.people:
            assert found[one.id] == (one.state, one.quantity, one.offered, one.until)

    @invariant()
    def the_stock_agrees(self) -> None:
        if not hasattr(self, "line"):
            return
        row = self.do(db.fetch_one("SELECT capacity, held, sold FROM stock"))
        assert row is not None
        seated = sum(one.quantity for one in self.line.people if one.state == "confirmed")
        offered = sum(one.offered for one in self.line.people)
        assert (row["held"], row["sold"]) == (offered, seated)
        assert row["held"] + row["sold"] <= row["capacity"], "a seat was given twice"
        wanting = [one for one in self.line.waiting() if one.offered < one.quantity]
        assert not wanting or row["held"] + row["sold"] == row["capacity"], "a seat is idle"
        behind = self.line.waiting()[self.line.waiting().index(wanting[0]) + 1 :] if wanting else []
        assert not any(one.offered for one in behind), "somebody was overtaken"


async def test_a_waitlist_follows_its_model(owner: Any, now: datetime) -> None:
    await run(WaitlistMachine, (owner.viewer, now), examples=25, steps=25)


async def test_the_model_notices_who_is_overtaken(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: offers that begin at the back of the line must be found out."""
    in_order = offering.entries_of

    async def backwards(page_id: UUID) -> list[offering.Entry]:
        return list(reversed(await in_order(page_id)))

    monkeypatch.setattr(offering, "entries_of", backwards)
    with pytest.raises(AssertionError):
        await run(WaitlistMachine, (owner.viewer, now), examples=500, steps=25, until_it_fails=True)
