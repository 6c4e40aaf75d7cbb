"""The matrix, held against product.md's table, and what a guard answers."""

from datetime import datetime
from typing import Any

import pytest
from litestar.connection import ASGIConnection

from app.auth.permissions import MATRIX, Permission, RoleName, permissions_of
from app.auth.sessions import start_session
from app.auth.viewer import Viewer
from app.auth.viewing import LoginRequired, load_viewer, requires
from app.core import db
from app.core.errors import NotFound
from app.core.ids import new_id
from tests.conftest import Member
from tests.factories.auth import make_colleague

SEE = {"see-pages", "see-products", "see-orders", "see-registrations", "see-analytics"}
EDIT = {"edit-pages", "edit-products"}
RUN = {"publish-pages", "refund-orders", "manage-registrations", "export", "message"}
OWN = {"manage-team", "manage-billing", "manage-organization"}
TICKETS = {"verify-tickets"}


def test_the_matrix_is_the_products_table() -> None:
    expected = {
        "volunteer": TICKETS,
        "viewer": SEE,
        "editor": SEE | EDIT,
        "manager": SEE | EDIT | RUN | TICKETS,
        "admin": SEE | EDIT | RUN | OWN | TICKETS,
    }
    assert {role.value: {str(p) for p in allowed} for role, allowed in MATRIX.items()} == expected
    assert set(MATRIX) == set(RoleName)
    assert permissions_of([]) == permissions_of(["owner"]) == frozenset()
    assert permissions_of(["volunteer", "viewer"]) == {*SEE, *TICKETS}


def _viewer(*roles: str) -> Viewer:
    return Viewer(new_id(), new_id(), new_id(), "a@example.com", "A", frozenset(roles))


def _connection(viewer: Viewer | None) -> ASGIConnection[Any, Any, Any, Any]:
    return ASGIConnection({"type": "http", "viewer": viewer})  # type: ignore[typeddict-item]  # the guard reads no more


def test_a_guard_hides_what_one_may_not_do() -> None:
    guard = requires(Permission.PUBLISH_PAGES)
    guard(_connection(_viewer("manager")), None)  # type: ignore[arg-type]  # no handler is read
    with pytest.raises(NotFound):
        guard(_connection(_viewer("editor", "volunteer")), None)  # type: ignore[arg-type]
    with pytest.raises(LoginRequired):
        guard(_connection(None), None)  # type: ignore[arg-type]


async def test_roles_of_another_group_do_not_count(
    owner: Member, outsider: Member, now: datetime
) -> None:
    viewer = await make_colleague(
        owner.viewer, email="dora@example.com", roles=("viewer", "volunteer"), now=now
    )
    session = await start_session(viewer.user_id, now)
    loaded = await load_viewer(session.session_id, viewer.user_id, now)
    assert loaded is not None
    assert loaded.roles == {"viewer", "volunteer"}
    assert not loaded.can(Permission.EDIT_PAGES)
    await db.execute(
        'UPDATE "user" SET group_id = $2, organization_id = $3 WHERE id = $1',
        viewer.user_id, outsider.viewer.group_id, outsider.viewer.organization_id,
    )  # fmt: skip
    moved = await load_viewer(session.session_id, viewer.user_id, now)
    assert moved is not None
    assert moved.roles == frozenset()


async def test_a_new_account_is_its_groups_admin(owner: Member, now: datetime) -> None:
    session = await start_session(owner.viewer.user_id, now)
    loaded = await load_viewer(session.session_id, owner.viewer.user_id, now)
    assert loaded is not None
    assert loaded.roles == {"admin"}
    assert await load_viewer(session.session_id, new_id(), now) is None
