"""What one operation works with: the account, the moment, and where things are kept."""

from dataclasses import dataclass
from typing import Protocol

from app.sandbox.stripe import shapes_after
from app.sandbox.stripe.accounts import Account
from app.sandbox.stripe.errors import missing
from app.sandbox.stripe.store import Document, Store, new_id


class Schedule(Protocol):
    """Where an event goes to be delivered; returns how many webhooks will be sent."""

    def __call__(self, account: Account, event: str) -> int: ...


@dataclass(frozen=True)
class Context:
    """One API call, or one press of a button."""

    store: Store
    account: Account
    now: int
    base_url: str
    schedule: Schedule
    request_id: str | None = None
    idempotency_key: str | None = None

    def add(self, document: Document, parent: str = "") -> Document:
        return self.store.add(self.account.name, document, parent)

    def find(self, kind: str, id: str, param: str = "id") -> Document:
        """The object; raises ApiError (`resource_missing`)."""
        found = self.store.get(self.account.name, kind, id)
        if found is None:
            raise missing(kind, id, param)
        return found

    def set_timer(self, id: str, due: float, action: str) -> None:
        """Let something happen to an object at `due` by the account's clock."""
        self.store.set_timer(id, due - self.account.ahead, action)

    def record(self, type: str, about: Document, previous: Document | None = None) -> Document:
        """Record an event about an object as it is now, and have it delivered."""
        data: Document = {"object": about}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Document = shapes_after.event() | {"id": new_id("evt"), "created": self.now}
        event |= {"type": type, "data": data}
        event["request"] = {"id": self.request_id, "idempotency_key": self.idempotency_key}
        self.add(event)
        event["pending_webhooks"] = self.schedule(self.account, event["id"])
        return self.store.save(event)
