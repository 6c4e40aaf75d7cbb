"""The lifecycle is a pure function: every path of the state diagram is walked, and every other is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.pages import lifecycle
from app.pages.lifecycle import TRANSITIONS, PageTimes, Refused, State, state_at

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)

steps = st.integers(min_value=1, max_value=10 * 3600).map(
    lambda seconds: timedelta(seconds=seconds)
)

DRAFT = PageTimes(launch_at=START + HOUR, expires_at=START + 10 * HOUR)

Verb = Callable[[PageTimes, datetime], PageTimes]
VERBS: dict[str, tuple[Verb, frozenset[State], State]] = {
    "publish": (lifecycle.publish, frozenset({State.DRAFT, State.SCHEDULED}), State.ACTIVE),
    "schedule": (lifecycle.schedule, frozenset({State.DRAFT}), State.SCHEDULED),
    "unschedule": (lifecycle.unschedule, frozenset({State.SCHEDULED}), State.DRAFT),
    "pause": (
        lambda times, now: lifecycle.pause(times, now, moves_deadline=False),
        frozenset({State.ACTIVE}),
        State.PAUSED,
    ),
    "pause_moving": (
        lambda times, now: lifecycle.pause(times, now, moves_deadline=True),
        frozenset({State.ACTIVE}),
        State.PAUSED,
    ),
    "resume": (lifecycle.resume, frozenset({State.PAUSED}), State.ACTIVE),
    "end": (lifecycle.end, frozenset({State.ACTIVE, State.PAUSED}), State.EXPIRED),
}


def in_state(state: State) -> PageTimes:
    """A page that is in `state` two hours after the start."""
    active = lifecycle.publish(DRAFT, START)
    return {
        State.DRAFT: replace(DRAFT, launch_at=START + 3 * HOUR),
        State.SCHEDULED: lifecycle.schedule(replace(DRAFT, launch_at=START + 3 * HOUR), START),
        State.ACTIVE: active,
        State.PAUSED: lifecycle.pause(active, START + HOUR, moves_deadline=False),
        State.EXPIRED: lifecycle.end(active, START + HOUR),
    }[state]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State)
def test_a_verb_leads_where_the_diagram_says_or_is_refused(state: State, verb: str) -> None:
    act, allowed, leads_to = VERBS[verb]
    now = START + 2 * HOUR
    times = in_state(state)
    assert state_at(times, now) is state
    if state in allowed:
        after = act(times, now)
        assert state_at(after, now) is leads_to
        assert (state, leads_to) in TRANSITIONS
    else:
        with pytest.raises(Refused):
            act(times, now)


class Life(RuleBasedStateMachine):
    """Any verbs at any moments: the state only ever moves along the diagram, and what has expired stays so."""

    @initialize(
        launch=st.none() | st.integers(0, 5).map(lambda n: START + n * HOUR),
        lasts=st.integers(-2, 20),
    )
    def begin(self, launch: datetime | None, lasts: int) -> None:
        self.now = START
        self.times = PageTimes(launch_at=launch, expires_at=(launch or START) + lasts * HOUR)
        self.seen = State.DRAFT

    def _moved_to(self, state: State) -> None:
        if state is not self.seen:
            assert (self.seen, state) in TRANSITIONS
        self.seen = state

    @rule(by=steps)
    def time_passes(self, by: timedelta) -> None:
        until = self.now + by
        while (change := lifecycle.next_change(self.times, self.now)) and change <= until:
            assert state_at(self.times, change - INSTANT) is self.seen
            self.now = change
            assert state_at(self.times, change) is not self.seen
            self._moved_to(state_at(self.times, change))
        self.now = until
        assert state_at(self.times, until) is self.seen, "a change that was not foretold"

    @rule(verb=st.sampled_from(sorted(VERBS)))
    def somebody_acts(self, verb: str) -> None:
        act, allowed, leads_to = VERBS[verb]
        try:
            after = act(self.times, self.now)
        except Refused:
            return
        assert self.seen in allowed
        self.times = after
        assert state_at(after, self.now) is leads_to
        self._moved_to(leads_to)

    @rule(by=steps)
    def deadline_is_extended(self, by: timedelta) -> None:
        assert self.times.expires_at is not None
        try:
            after = lifecycle.extend(self.times, self.times.expires_at + by, self.now)
        except Refused:
            return
        assert self.seen not in (State.DRAFT, State.EXPIRED)
        self.times = after
        assert state_at(after, self.now) is self.seen

    @invariant()
    def state_is_as_seen(self) -> None:
        if hasattr(self, "times"):
            assert state_at(self.times, self.now) is self.seen


Life.TestCase.settings = settings(max_examples=300, stateful_step_count=20, deadline=None)
TestLife = Life.TestCase


@given(run=steps, paused=steps)
def test_a_pause_that_moves_the_deadline_keeps_the_time_left(
    run: timedelta, paused: timedelta
) -> None:
    times = lifecycle.publish(PageTimes(expires_at=START + run + timedelta(days=1)), START)
    left = lifecycle.time_left(times, START + run)
    held = lifecycle.pause(times, START + run, moves_deadline=True)
    assert state_at(held, START + timedelta(days=400)) is State.PAUSED
    assert lifecycle.time_left(held, START + run + paused) == left
    resumed = lifecycle.resume(held, START + run + paused)
    assert lifecycle.time_left(resumed, START + run + paused) == left


def test_a_pause_whose_deadline_stands_expires_on_time() -> None:
    times = in_state(State.PAUSED)
    assert lifecycle.next_change(times, START + 2 * HOUR) == START + 10 * HOUR
    assert state_at(times, START + 10 * HOUR - INSTANT) is State.PAUSED
    assert state_at(times, START + 10 * HOUR) is State.EXPIRED


def test_the_past_can_be_asked_too() -> None:
    times = lifecycle.end(lifecycle.publish(DRAFT, START), START + 2 * HOUR)
    assert state_at(times, START - HOUR) is State.DRAFT
    assert state_at(times, START) is State.ACTIVE
    assert state_at(times, START + 2 * HOUR) is State.EXPIRED


@given(later=steps)
def test_a_deadline_is_never_shortened(later: timedelta) -> None:
    times = in_state(State.ACTIVE)
    assert times.expires_at is not None
    with pytest.raises(Refused):
        lifecycle.extend(times, times.expires_at - later + INSTANT, START + HOUR)


def test_a_page_without_an_end_is_not_published() -> None:
    with pytest.raises(Refused):
        lifecycle.publish(PageTimes(), START)
    with pytest.raises(Refused):
        lifecycle.schedule(PageTimes(launch_at=START + HOUR), START)
