"""What is printed at the end of a rehearsal."""

from collections.abc import Callable
from typing import Any

from bench.chaos import books, judging
from bench.chaos.house import House
from bench.chaos.rehearsing import Outcome

MOST_LINES = 30


def tell(outcome: Outcome, house: House, say: Callable[[str], None]) -> int:
    """Print the figures and every broken promise; return the exit code."""
    for name, value in figures(outcome, house).items():
        say(f"{name:<38}{value}")
    for breach in outcome.breaches[:MOST_LINES]:
        say(f"BROKEN  {breach}")
    if len(outcome.breaches) > MOST_LINES:
        say(f"… and {len(outcome.breaches) - MOST_LINES} more")
    if not outcome.breaches:
        say(
            "every paid order fulfilled or refunded, none twice; nothing oversold; each message sent once"
        )
    return 1 if outcome.breaches else 0


def figures(outcome: Outcome, house: House) -> dict[str, Any]:
    """Return what is printed at the end, by name."""
    found = outcome.books
    assert found is not None
    slowest = max(outcome.recoveries, key=lambda name: outcome.recoveries[name])
    return {
        "processes killed": ", ".join(f"{count} {kind}" for kind, count in house.kills.items()),
        "connections cut": sum(relay.cuts for relay in house.relays.values()),
        "purchases tried": outcome.diary.tried,
        "orders": len(found.orders),
        "orders paid": sum(map(books.is_paid, found.sessions)),
        "orders fulfilled": sum(order["completed_at"] is not None for order in found.orders),
        "refunds": len(found.refunds),
        "refused, all gone": outcome.diary.refused,
        "requests tried again by buyers": outcome.diary.retries,
        "messages": len(found.messages),
        "messages tried again": sum(row["attempts"] > 1 for row in found.messages),
        "mails arrived twice, one Message-ID": judging.repeated_copies(found),
        "longest from message to mail": f"{max(float(row['took'] or 0) for row in found.messages):.1f} s",
        "longest time to recover": f"{outcome.recoveries[slowest]:.1f} s ({slowest})",
        "quiet after": f"{outcome.quiet_after:.1f} s",
    }
