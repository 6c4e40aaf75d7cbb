"""Simulated registrants: each opens the page, fills in its form, and some cancel; whoever waits takes what is offered."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.core.clock import ManualClock
from app.core.errors import Invalid, MayflyError
from app.pages import public
from app.pages.collecting import load_collection
from app.pages.fields import FieldDefinition
from app.pages.loading import PageRecord
from app.pages.types.base import Registers
from app.registrations.cancelling import cancel
from app.registrations.claiming import claim
from app.registrations.fields import CHECKED, field_name
from app.registrations.forms import check_registration, sign_up_of
from app.registrations.offering import entries_of
from app.registrations.registering import register
from app.registrations.tables import WAITING
from app.rehearsal import passing
from app.rehearsal.course import Course, Outcome, Person
from app.rehearsal.crowd import rush


@dataclass
class Event:
    """A rehearsed page that collects registrations. `known` are the registered, by registration."""

    page: PageRecord
    course: Course
    clock: ManualClock
    known: dict[UUID, Person] = field(default_factory=dict[UUID, Person])

    async def play(self, at_once: int) -> None:
        """Let everyone come, some cancel, and those who wait take what that frees, or let it run out."""
        await rush(self.course.people, at_once, self._visit)
        await passing.settle(self.clock)
        for registration_id, person in self.known.items():
            if person.fickle and person.outcome is Outcome.SERVED:
                await self._cancel(registration_id, person)
        await passing.settle(self.clock)
        while await self._claim_offers() or await self._let_one_run_out():
            await passing.settle(self.clock)

    async def _visit(self, person: Person) -> None:
        try:
            await self._register(person)
        except MayflyError as error:
            person.refused(error)
        self.course.through += 1

    async def _register(self, person: Person) -> None:
        now, short_id = self.clock.now(), self.page.short_id
        with self.course.step("page"):
            await public.show(short_id, now)
        with self.course.step("registration"):
            collection = await load_collection(short_id, now)
            read = check_registration(
                typed_by(person, collection.asks, now.date()), collection.asks
            )
            if not read.form.ok:
                raise Invalid
            outcome = await register(collection, sign_up_of(read, collection), now)
        person.outcome = Outcome.WAITING if outcome.state == WAITING else Outcome.SERVED
        self.known[outcome.registration_id] = person

    async def _cancel(self, registration_id: UUID, person: Person) -> None:
        now = self.clock.now()
        collection = await load_collection(self.page.short_id, now)
        await cancel(collection, registration_id, now)
        person.outcome = Outcome.LEFT

    async def _claim_offers(self) -> int:
        """Let those who wait in earnest take what they are offered; return how many did."""
        now = self.clock.now()
        taken = 0
        for entry in await entries_of(self.page.id):
            person = self.known[entry.registration_id]
            if not entry.offered or person.fickle:
                continue
            with self.course.step("offer"):
                collection = await load_collection(self.page.short_id, now)
                await claim(collection, entry.registration_id, entry.offered, now)
            person.outcome = Outcome.SERVED
            taken += 1
        self.course.claimed += taken
        return taken

    async def _let_one_run_out(self) -> bool:
        """Move the clock to when the first offer that nobody takes is over. False when there is none."""
        offered = [
            (entry.offer_expires_at, entry.registration_id)
            for entry in await entries_of(self.page.id)
            if entry.offer_expires_at is not None
        ]
        if not offered:
            return False
        over, registration_id = min(offered)
        await passing.pass_until(self.clock, over)
        self.known[registration_id].outcome = Outcome.LEFT
        return True


def typed_by(person: Person, asks: Registers, today: date) -> dict[str, str]:
    """Return the form as the person fills it in: what is asked for, and an answer to every question."""
    fields = {"quantity": str(min(person.pieces, asks.maximum_quantity)), "consent": CHECKED}
    own = {"name": f"Guest {person.number}", "email": person.email, "phone": person.phone}
    fields |= {name: text for name, text in own.items() if name in asks.asks}
    return fields | {field_name(each): _answer(each, today) for each in asks.fields}


def _answer(asked: FieldDefinition, today: date) -> str:
    if asked.kind == "text":
        return "x" * max(asked.min or 1, 1)
    if asked.kind == "number":
        known = [bound for bound in (asked.min, asked.max) if bound is not None]
        return str(known[0] if known else 1)
    return {"choice": (*asked.options, "")[0], "checkbox": CHECKED}.get(
        asked.kind, today.isoformat()
    )
