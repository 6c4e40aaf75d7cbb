"""Discount codes for tests."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.core.ids import new_id
from app.stock.codes.finding import find
from app.stock.codes.queries import code_of_group
from app.stock.codes.standing import Code
from app.stock.codes.writing import Owner, Terms, create_code


def owner_of(viewer: Viewer) -> Owner:
    return Owner(viewer.organization_id, viewer.group_id, viewer.user_id)


async def make_code(
    viewer: Viewer, now: datetime, code: str = "SPRING10", *, pages: Collection[UUID] = (), **terms: Any
) -> Code:  # fmt: skip
    """Make a code worth 10 % (or what `terms` say, as `Terms` names it) for `pages`, or for all of the group's."""
    code_id = new_id()
    terms.setdefault("percent", None if "amount" in terms else 10)
    whole = Terms(code, pages=pages, everywhere=not pages, **terms)
    await create_code(code_id, owner_of(viewer), whole, now)
    return (await code_of_group(code_id, viewer.group_id, now)).code


async def found(viewer: Viewer, text: str) -> Code | None:
    """Return the code that a buyer of this seller means with `text`."""
    known = await find(viewer.group_id, text, new_id())
    return known.code if known else None
