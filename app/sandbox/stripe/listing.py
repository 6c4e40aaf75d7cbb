"""Lists with filters and cursors, and objects with others expanded in them."""

from collections.abc import Callable, Iterable
from typing import Any

from app.sandbox.stripe.checkouts import line_items
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError, missing
from app.sandbox.stripe.parameters import validate
from app.sandbox.stripe.store import Document

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100
MOST_EXPANSIONS = 4
CURSORS: dict[str, Any] = {"limit": "integer", "starting_after": "text", "ending_before": "text"}
MOMENT = {"gt": "integer", "gte": "integer", "lt": "integer", "lte": "integer"}
LIVE = "live"
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}
FILTERS: dict[str, dict[str, Any]] = {
    "checkout.session": {"payment_intent": "text", "status": "text", "created": MOMENT},
    "refund": {"payment_intent": "text", "charge": "text", "created": MOMENT},
    "charge": {"payment_intent": "text", "created": MOMENT},
    "payment_intent": {"created": MOMENT},
    "dispute": {"payment_intent": "text", "charge": "text", "created": MOMENT},
    "event": {"type": "text", "types": ["text"], "created": MOMENT},
    "item": {},
    "customer": {"email": "text", "created": MOMENT},
    "product": {"active": "boolean", "created": MOMENT},
    "price": {"active": "boolean", "product": "text", "lookup_keys": ["text"], "created": MOMENT},
    "subscription": {"customer": "text", "status": "text", "created": MOMENT},
    "invoice": {"customer": "text", "status": "text", "subscription": "text", "created": MOMENT},
}


def listed(
    context: Context, kind: str, url: str, given: dict[str, Any], parent: str = ""
) -> Document:
    """A page of objects, newest first (a session's line items: in order)."""
    if isinstance(given.get("created"), str):
        given = given | {"created": {"gte": given["created"], "lte": given["created"]}}
    params = validate(given, FILTERS[kind] | CURSORS)
    if kind == "subscription":
        params.setdefault("status", LIVE)
    limit = params.pop("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        message = f"Invalid limit: must be between 1 and {LARGEST_LIMIT}."
        raise ApiError(message, param="limit")
    after, before = params.pop("starting_after", ""), params.pop("ending_before", "")
    matching = [
        document
        for document in context.store.newest(context.account.name, kind, parent)
        if _matches(document, params)
    ]
    found = _cut(matching, kind, after, before)
    page = found[-limit:] if before else found[:limit]
    return {"object": "list", "data": page, "has_more": len(found) > limit, "url": url}


def _cut(found: list[Document], kind: str, after: str, before: str) -> list[Document]:
    ids = [document["id"] for document in found]
    for cursor, param in ((after, "starting_after"), (before, "ending_before")):
        if cursor and cursor not in ids:
            raise missing(kind, cursor, param)
    start = ids.index(after) + 1 if after else 0
    return found[start : ids.index(before) if before else None]


def _matches(document: Document, params: dict[str, Any]) -> bool:
    for name, wanted in params.items():
        if name == "created":
            if not all(COMPARE[sign](document["created"], at) for sign, at in wanted.items()):
                return False
        elif name == "types":
            if document["type"] not in wanted:
                return False
        elif name == "type" and wanted.endswith("*"):
            if not document["type"].startswith(wanted[:-1]):
                return False
        elif name in ELSEWHERE:
            if not ELSEWHERE[name](document, wanted):
                return False
        elif document[name] != wanted:
            return False
    return True


def _is_of(document: Document, subscription: str) -> bool:
    return document["parent"]["subscription_details"]["subscription"] == subscription


def _has_status(document: Document, wanted: str) -> bool:
    over = document["status"] == "canceled" and document["object"] == "subscription"
    return not over if wanted == LIVE else wanted in ("all", document["status"])


# What is asked for by another name than it has, or means more than it says.
ELSEWHERE: dict[str, Callable[[Document, Any], bool]] = {
    "lookup_keys": lambda document, wanted: document["lookup_key"] in wanted,
    "subscription": _is_of,
    "status": _has_status,
}


def expand(context: Context, document: Document, paths: Iterable[str]) -> Document:
    """Replace ids by objects along dotted paths; `data.` leads into a list."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MOST_EXPANSIONS:
            raise ApiError(f"You cannot expand more than {MOST_EXPANSIONS} levels of a property")
        _expand(context, document, steps, path)
    return document


def _expand(context: Context, place: Document, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if place.get("object") == "list" and name == "data":
        for document in place["data"]:
            _expand(context, document, rest, path)
        return
    if place.get("object") == "checkout.session" and name == "line_items":
        url = f"/v1/checkout/sessions/{place['id']}/line_items"
        lines = line_items(context, place["id"])
        place[name] = {"object": "list", "data": lines, "has_more": False, "url": url}
    value = place.get(name)
    if isinstance(value, str):
        value = place[name] = context.store.any(context.account.name, value)
    if value is None and name in place:
        return
    if not isinstance(value, dict):
        message = f"This property cannot be expanded ({path})."
        raise ApiError(message, param="expand")
    if rest:
        _expand(context, value, rest, path)
