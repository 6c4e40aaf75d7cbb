"""What an organization sold, for the billing page; the module that owns orders tells it (`main.py`)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Line:
    """Sales in one currency; amounts in minor units. `fee` is on what was not given back."""

    currency: str
    orders: int
    taken: int
    given_back: int
    fee: int

    @property
    def left(self) -> int:
        return self.taken - self.given_back - self.fee


Teller = Callable[[UUID, datetime, datetime], Awaitable[list[Line]]]

_tellers: list[Teller] = []


def told_by(teller: Teller) -> None:
    """Let `teller` say what an organization sold from one moment to another."""
    _tellers[:] = [teller]


async def statement_of(organization_id: UUID, since: datetime, until: datetime) -> list[Line]:
    """Return what was sold from `since` to before `until`, a line for each currency."""
    return [line for teller in _tellers for line in await teller(organization_id, since, until)]
