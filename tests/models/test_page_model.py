"""A page's life as it is stored: the pure lifecycle is the oracle, the database must agree with it at every step.

Verbs, edits by somebody who looked too long ago, jobs that come late, twice or never: the times, the state that a
visitor meets, and the history, in which each change stands once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from app.core import db, jobs
from app.core.errors import Conflict, NotFound
from app.operations import invariants
from app.pages import ending, extending, lifecycle, loading, pausing, publishing
from app.pages.lifecycle import PageTimes, Refused, State, next_change, state_at
from app.pages.loading import PageRecord
from app.pages.selling import load_offer
from tests.factories.pages import make_draft
from tests.factories.products import make_product
from tests.models.machine import DatabaseMachine, clear, run

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

VERBS: dict[str, tuple[Any, Any]] = {
    "publish": (lifecycle.publish, publishing.publish),
    "schedule": (lifecycle.schedule, publishing.schedule),
    "unschedule": (lifecycle.unschedule, publishing.unschedule),
    "resume": (lifecycle.resume, pausing.resume),
    "end": (lifecycle.end, ending.end),
}


@dataclass
class World:
    owner: Any
    clock: Any
    start: datetime


class PageMachine(DatabaseMachine):
    page: PageRecord
    times: PageTimes
    # Each change of state: from, to, at, cause.
    story: list[tuple[str, str, datetime, str]]

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @property
    def user(self) -> Any:
        return self.world.owner.viewer.user_id

    @initialize(launch=st.none() | st.integers(5, 60), lasts=st.integers(10, 120))
    def begins(self, launch: int | None, lasts: int) -> None:
        self.world.clock.moment = self.world.start
        self.story = []
        self.do(self._begin(launch, lasts))

    async def _begin(self, launch: int | None, lasts: int) -> None:
        await clear()
        product = await make_product(self.world.owner.viewer, now=self.now)
        at = self.now + launch * MINUTE if launch else None
        self.page = await make_draft(
            self.world.owner.viewer, now=self.now, products=[product], launch_at=at,
            expires_at=(at or self.now) + lasts * MINUTE,
        )  # fmt: skip
        self.times = self.page.times

    def seen(self) -> State:
        return state_at(self.times, self.now)

    def acts(self, after: PageTimes | None, verb: Any) -> None:
        """Carry a verb out; the oracle said what comes of it, None for a refusal. Then a second passes."""
        before, page = self.seen(), self.do(loading.by_id(self.page.id))
        try:
            self.do(verb(page))
        except Conflict:
            assert after is None, "refused, and the diagram allows it"
        else:
            assert after is not None, "done, and the diagram does not allow it"
            self.times = after
            if self.seen() is not before:
                self.story.append((before, self.seen(), self.now, "hand"))
        self.passes(SECOND)

    def passes(self, by: timedelta) -> None:
        """Let time pass, and note what it changes by itself."""
        until, moment = self.now + by, self.now
        while (change := next_change(self.times, moment)) and change <= until:
            self.story.append(
                (state_at(self.times, moment), state_at(self.times, change), change, "time")
            )
            moment = change
        self.world.clock.moment = until

    @rule(verb=st.sampled_from(sorted(VERBS)))
    def somebody_acts(self, verb: str) -> None:
        oracle, stored = VERBS[verb]
        self.acts(
            _or_refused(oracle, self.times, self.now),
            lambda page: stored(page, self.user, self.now),
        )

    @rule(moves=st.booleans())
    def somebody_pauses(self, moves: bool) -> None:
        self.acts(
            _or_refused(lifecycle.pause, self.times, self.now, moves_deadline=moves),
            lambda page: pausing.pause(page, self.user, self.now, moves_deadline=moves),
        )

    @rule(by=st.integers(-5, 60))
    def somebody_extends(self, by: int) -> None:
        assert self.times.expires_at is not None
        until = self.times.expires_at + by * MINUTE
        self.acts(
            _or_refused(lifecycle.extend, self.times, until, self.now),
            lambda page: extending.extend(page, until, self.user, self.now),
        )

    @rule(verb=st.sampled_from(["publish", "end", "resume"]))
    def two_act_at_once(self, verb: str) -> None:
        """The second looked before the first acted: it is told so, or finds the page already there."""
        stale = self.do(loading.by_id(self.page.id))
        self.somebody_acts(verb)
        fresh = self.do(loading.by_id(self.page.id))
        if fresh.times == stale.times:
            return
        try:
            self.do(VERBS[verb][1](stale, self.user, self.now))
        except Conflict:
            return
        raise AssertionError("acted on what it had not seen")

    @rule(by=st.integers(1, 45))
    def time_passes(self, by: int) -> None:
        self.passes(by * MINUTE)

    @rule()
    def the_worker_works(self) -> None:
        self.do(jobs.drain(self.now))

    @rule()
    def the_queue_is_lost(self) -> None:
        self.do(db.execute("DELETE FROM pgqueuer"))

    @rule(times=st.integers(1, 2))
    def the_clockwork_runs(self, times: int) -> None:
        for _time in range(times):
            self.do(jobs.registry.handlers["pages.sweep"]({}, self.now))

    @invariant()
    def what_is_stored_is_what_the_oracle_says(self) -> None:
        if hasattr(self, "times"):
            self.do(self._agrees())

    async def _agrees(self) -> None:
        page = await loading.by_id(self.page.id)
        assert page.times == self.times
        assert page.state(self.now) is self.seen()
        try:
            offer = await load_offer(self.page.short_id, self.now)
        except NotFound:
            assert self.seen() is State.DRAFT
        else:
            assert offer.state is self.seen()

    @precondition(lambda self: hasattr(self, "times"))
    @invariant()
    def history_tells_no_more_than_happened(self) -> None:
        told = self.do(self._told())
        assert set(told) <= set(self.story)
        assert len(set(told)) == len(told)

    async def _told(self) -> list[tuple[str, str, datetime, str]]:
        rows = await db.fetch(
            "SELECT from_state, to_state, at, cause FROM page_transition WHERE page_id = $1 ORDER BY at, recorded_at",
            self.page.id,
        )
        return [(row["from_state"], row["to_state"], row["at"], row["cause"]) for row in rows]

    def teardown(self) -> None:
        if hasattr(self, "times"):
            self.passes(timedelta(hours=12))
            self.do(self._in_the_end())

    async def _in_the_end(self) -> None:
        for _minute in range(2):
            await jobs.registry.handlers["pages.sweep"]({}, self.now)
            await jobs.drain(self.now)
        assert await self._told() == self.story
        later = self.now + timedelta(hours=1)
        assert [
            one for one in await invariants.inspect(later) if one.check == "transition-missing"
        ] == []


def _or_refused(oracle: Any, *arguments: Any, **options: Any) -> PageTimes | None:
    try:
        return oracle(*arguments, **options)
    except Refused:
        return None


async def test_any_life_is_stored_as_it_was(owner: Any, clock: Any) -> None:
    await run(PageMachine, World(owner, clock, clock.now()), examples=20, steps=20)


async def test_a_launch_is_told_though_the_page_was_ended_before_anybody_told_it(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    page = await make_draft(
        owner.viewer, now=clock.now(), launch_at=clock.now() + MINUTE,
        expires_at=clock.now() + 60 * MINUTE,
    )  # fmt: skip
    await publishing.schedule(page, owner.viewer.user_id, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(2 * MINUTE)
    await ending.end(await loading.by_id(page.id), owner.viewer.user_id, clock.now())
    await jobs.registry.handlers["pages.sweep"]({}, clock.now())
    await run_jobs()
    rows = await db.fetch("SELECT from_state, to_state FROM page_transition ORDER BY at")
    assert [(row["from_state"], row["to_state"]) for row in rows] == [
        ("draft", "scheduled"),
        ("scheduled", "active"),
        ("active", "expired"),
    ]
