"""Accounts, one for each API key, and the switches that make an account's world unreliable."""

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.store import Store

KEY = re.compile(r"sk_test_(\w{1,200})")
API_STATES = ("up", "down", "close")
ALL = -1


@dataclass(frozen=True)
class Account:
    """One API key's webhook endpoint and switches."""

    name: str
    webhook_url: str = ""
    webhook_secret: str = ""
    # Deliveries: wait, lose the next n (-1: all), send each event n times, hold n and send them reversed.
    delay: float = 0
    lose: int = 0
    repeat: int = 1
    reorder: int = 0
    # The API: "down" answers 503, "close" does the work and drops the connection; seconds before each answer.
    api: str = "up"
    slow: float = 0
    # Seconds until a delayed payment settles by itself; 0: only when told to.
    settle_after: float = 10
    # How many seconds the account's clock is ahead of the machine's, as with Stripe's test clocks. Webhooks are sent and
    # signed by the machine's.
    ahead: float = 0


CENTURY = 100 * 366 * 86400
LIMITS: dict[str, tuple[float, float]] = {
    "delay": (0, 3600),
    "lose": (-1, 1000),
    "repeat": (1, 20),
    "reorder": (0, 100),
    "slow": (0, 120),
    "settle_after": (0, 86400),
    "ahead": (-CENTURY, CENTURY),
}


class Accounts:
    """Reads and changes accounts; one that nobody set up has no webhook endpoint."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def of_key(self, key: str) -> Account:
        """The account of `sk_test_<name>`; raises ApiError (401) for any other key."""
        found = KEY.fullmatch(key)
        if not found:
            shown = key[:8] + "*" * 8 if key else ""
            message = (
                f"Invalid API Key provided: {shown}" if key else "You did not provide an API key."
            )
            raise ApiError(message, status=401)
        return self.get(found[1])

    def get(self, name: str) -> Account:
        row = self.store.db.execute("SELECT body FROM accounts WHERE name = ?", (name,)).fetchone()
        account = Account(name, webhook_secret=f"whsec_{name}")
        return (
            Account(**(asdict(account) | json.loads(row["body"]))) if row else self._save(account)
        )

    def names(self) -> list[str]:
        return [
            row["name"] for row in self.store.db.execute("SELECT name FROM accounts ORDER BY name")
        ]

    def change(self, account: Account, wanted: dict[str, Any]) -> Account:
        """Set fields by name; raises ApiError for an unknown one or a value out of its range."""
        changes = {name: _value(name, value) for name, value in wanted.items()}
        return self._save(replace(account, **changes))

    def lost_one(self, account: Account) -> bool:
        """Whether the next event is to be lost; counts it."""
        if account.lose > 0:
            self._save(replace(account, lose=account.lose - 1))
        return account.lose != 0

    def _save(self, account: Account) -> Account:
        body = json.dumps(asdict(account))
        self.store.db.execute("REPLACE INTO accounts VALUES (?, ?)", (account.name, body))
        return account


def _value(name: str, value: Any) -> Any:
    types = {field.name: field.type for field in fields(Account) if field.name != "name"}
    if name not in types:
        raise ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    if name == "api" and value not in API_STATES:
        raise ApiError(f"Invalid api: must be one of {', '.join(API_STATES)}", param=name)
    if name not in LIMITS:
        return str(value)
    try:
        number = float(value) if types[name] is float else int(value)
    except (TypeError, ValueError):
        raise ApiError(f"Invalid number: {value}", param=name) from None
    low, high = LIMITS[name]
    if not low <= number <= high:
        raise ApiError(f"{name} must be between {low:g} and {high:g}", param=name)
    return number
