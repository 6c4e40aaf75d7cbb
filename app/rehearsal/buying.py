"""Simulated buyers: each opens the page, fills a basket, goes to the payment page and comes back for the files."""

from dataclasses import dataclass
from datetime import timedelta

from app.core.clock import ManualClock
from app.core.errors import MayflyError
from app.core.forms import FieldError
from app.core.ids import new_short_id
from app.core.settings import get_settings
from app.orders.checkout import Basket, Placed, start_checkout
from app.orders.delivering import Standing, deliver
from app.pages import public
from app.pages.loading import PageRecord
from app.payments.rehearsing import Payments, RehearsalGateway
from app.rehearsal import passing
from app.rehearsal.course import Course, Outcome, Person, Refusal
from app.rehearsal.crowd import rush

# Those who found everything in other baskets look again once these are over.
COME_BACK = (Refusal.HELD, Refusal.TOO_FEW)


@dataclass
class Sale:
    """A rehearsed page that sells."""

    page: PageRecord
    course: Course
    clock: ManualClock
    gateway: RehearsalGateway

    async def play(self, at_once: int) -> None:
        """Let everyone come; then baskets that are not paid run out, and who was turned away comes back."""
        await rush(self.course.people, at_once, self._visit)
        await passing.settle(self.clock)
        if self.gateway.payments is Payments.NONE or not self._baskets_left():
            return
        hold = timedelta(minutes=get_settings().hold_minutes)
        await passing.pass_until(self.clock, self.clock.now() + hold)
        again = [person for person in self.course.people if person.refusal in COME_BACK]
        await rush(again, at_once, self._return)
        await passing.settle(self.clock)

    def _baskets_left(self) -> bool:
        return any(person.outcome is Outcome.LEFT for person in self.course.people)

    async def _visit(self, person: Person) -> None:
        await self._buy(person)
        self.course.through += 1

    async def _return(self, person: Person) -> None:
        person.fickle = False  # who comes back is in earnest
        await self._buy(person)
        self.course.returned += person.outcome is Outcome.SERVED

    async def _buy(self, person: Person) -> None:
        try:
            basket = await self._fill_basket(person)
            with self.course.step("checkout"):
                placed = await start_checkout(basket, self.clock.now())
            await self._pay(person, placed)
        except (MayflyError, FieldError) as error:
            person.refused(error)

    async def _fill_basket(self, person: Person) -> Basket:
        with self.course.step("page"):
            shown = await public.show(self.page.short_id, self.clock.now())
        lines, coupon = shown.view.lines, shown.view.coupon
        chosen = lines[person.number % len(lines)].content.id
        return Basket(
            short_id=self.page.short_id,
            quantities={chosen: person.pieces},
            email=person.email,
            buyer=person.key,
            attempt=new_short_id(),
            # As the page's form carries it.
            code=coupon.text if coupon and coupon.good else "",
        )

    async def _pay(self, person: Person, placed: Placed) -> None:
        person.refusal = None
        if placed.completed:
            person.outcome = Outcome.SERVED
        elif person.fickle:
            person.outcome = Outcome.LEFT
        elif self.gateway.payments is Payments.NONE:
            person.outcome = Outcome.RESERVED
        else:
            with self.course.step("payment"):
                session_id = await self.gateway.pay(placed.order_id)
                delivery = await deliver(session_id, self.clock.now())
            ready = delivery.standing is Standing.READY
            person.outcome = Outcome.SERVED if ready else Outcome.REFUSED
            person.refusal = None if ready else Refusal.PAYMENT
