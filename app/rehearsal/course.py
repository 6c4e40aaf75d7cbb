"""What happens in a rehearsal, as it happens: how far it is, who got what, who was refused, and how long each step took."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter

from app.billing.limits import LimitReached
from app.core.errors import Conflict, Invalid, MayflyError
from app.core.forms import FieldError
from app.payments.gateway import PaymentRejected, PaymentUnavailable
from app.stock.holding import OutOfStock


class Phase(StrEnum):
    """What a running rehearsal does: build the stage, let people come, let time pass, count."""

    BUILDING = "building"
    RUSH = "rush"
    AFTERWARDS = "afterwards"
    COUNTING = "counting"


class Outcome(StrEnum):
    """What became of one person: they have what they came for, hold it unpaid, wait, changed their mind, were refused."""

    SERVED = "served"
    RESERVED = "reserved"
    WAITING = "waiting"
    LEFT = "left"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why somebody was refused."""

    SOLD_OUT = "sold-out"
    HELD = "held"
    TOO_FEW = "too-few"
    CLOSED = "closed"
    PAYMENT = "payment"
    PLAN = "plan"
    FORM = "form"
    OTHER = "other"


@dataclass
class Person:
    """Somebody simulated. `pieces` is how many they ask for; `fickle` ones change their mind half way."""

    number: int
    key: str
    pieces: int
    fickle: bool
    outcome: Outcome | None = None
    refusal: Refusal | None = None

    @property
    def email(self) -> str:
        return f"guest{self.number}@rehearsal.example"

    @property
    def phone(self) -> str:
        return f"+4915550{self.number:06}"

    def refused(self, error: MayflyError | FieldError) -> None:
        self.outcome, self.refusal = Outcome.REFUSED, refusal_of(error)


def refusal_of(error: MayflyError | FieldError) -> Refusal:
    """Return why somebody got `error`."""
    if isinstance(error, OutOfStock):
        if error.level.available:
            return Refusal.TOO_FEW
        return Refusal.HELD if error.level.held else Refusal.SOLD_OUT
    if isinstance(error, PaymentUnavailable | PaymentRejected):
        return Refusal.PAYMENT
    if isinstance(error, LimitReached):
        return Refusal.PLAN
    if isinstance(error, FieldError | Invalid):
        return Refusal.FORM
    return Refusal.CLOSED if isinstance(error, Conflict) else Refusal.OTHER


@dataclass
class Course:
    """One rehearsal under way. `took` holds milliseconds by step."""

    people: list[Person]
    phase: Phase = Phase.BUILDING
    through: int = 0
    took: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    returned: int = 0
    claimed: int = 0

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Measure what is done inside, whether it succeeds or is refused."""
        started = perf_counter()
        try:
            yield
        finally:
            self.took.setdefault(name, []).append(1000 * (perf_counter() - started))

    def outcomes(self) -> Counter[str]:
        return Counter(person.outcome.value for person in self.people if person.outcome)

    def refusals(self) -> Counter[str]:
        """Count the refused by reason; for who was on the waitlist or got something after all it is forgotten."""
        refused = (person for person in self.people if person.outcome is Outcome.REFUSED)
        return Counter(person.refusal.value for person in refused if person.refusal)
