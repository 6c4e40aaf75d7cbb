"""One rehearsal from the first visitor to the last mail, on its stage."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.clock import ManualClock
from app.pages import public
from app.pages.lifecycle import end_of
from app.pages.loading import PageRecord
from app.pages.viewing import PageView
from app.payments.gateway import standing_in
from app.payments.rehearsing import RehearsalGateway
from app.rehearsal import passing, stage
from app.rehearsal.buying import Sale
from app.rehearsal.counting import Report, count
from app.rehearsal.course import Course, Outcome, Person, Phase
from app.rehearsal.crowd import gather, rush
from app.rehearsal.opening import open_copy
from app.rehearsal.registering import Event

# What happens right at the end, such as a last mail, happens within this time after it.
AFTER_THE_END = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """Who comes, and how (see the table); `user_id` is who asked for it."""

    id: UUID
    user_id: UUID
    people: int
    at_once: int
    pieces: int
    fickle: int


async def play(plan: Plan, page: PageRecord, course: Course, now: datetime) -> Report:
    """Rehearse `page` on the stage that was built for it. `course` tells, meanwhile, how far it is."""
    gateway = RehearsalGateway(plan.id)
    try:
        async with stage.on(plan.id):
            with standing_in(gateway):
                return await _play(plan, page, course, gateway, now)
    finally:
        await gateway.close()


async def _play(
    plan: Plan, page: PageRecord, course: Course, gateway: RehearsalGateway, now: datetime
) -> Report:
    clock = ManualClock(now)
    copy = await open_copy(page, plan.user_id, now)
    view = (await public.show(copy.short_id, now)).view
    course.people = gather(
        plan.id, plan.people, pieces=plan.pieces, fickle=plan.fickle, limit=view.most_at_once
    )
    course.phase = Phase.RUSH
    await passing.settle(clock)
    if copy.page_type.sells:
        await Sale(copy, course, clock, gateway).play(plan.at_once)
    elif copy.page_type.collects == "registrations":
        await Event(copy, course, clock).play(plan.at_once)
    else:
        await _only_look(copy, course, clock, plan.at_once)
    course.phase = Phase.AFTERWARDS
    await passing.pass_until(clock, _over(view))
    course.phase = Phase.COUNTING
    return await count(copy, course, gateway.payments, clock.now())


async def _only_look(page: PageRecord, course: Course, clock: ManualClock, at_once: int) -> None:
    async def look(person: Person) -> None:
        with course.step("page"):
            await public.show(page.short_id, clock.now())
        person.outcome = Outcome.SERVED
        course.through += 1

    await rush(course.people, at_once, look)


def _over(view: PageView) -> datetime:
    """Return when nothing more happens on a page by itself."""
    page = view.page
    moments = [each.at for each in page.page_type.moments(page.settings, page.times)]
    ends = [*moments, end_of(page.times) or view.now]
    return max(ends) + AFTER_THE_END
