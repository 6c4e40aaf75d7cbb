"""The guard of the staff area."""

from litestar.handlers.base import BaseRouteHandler

from app.auth import two_factor
from app.auth.viewing import AnyConnection, LoginRequired, viewer_of
from app.core.errors import Forbidden, NotFound
from app.core.i18n import gettext as _
from app.core.settings import get_settings


class SecondStepRequired(Forbidden):
    """Staff whose login takes no second step, on an installation that wants one."""

    def default_message(self) -> str:
        return _("Turn on two-factor in your account first: the staff area takes nothing less.")


async def staff_only(connection: AnyConnection, _handler: BaseRouteHandler) -> None:
    """A guard: whoever isn't named in MAYFLY_STAFF_EMAILS finds nothing here."""
    viewer = viewer_of(connection)
    if viewer is None:
        raise LoginRequired
    if not viewer.staff:
        raise NotFound
    if get_settings().staff_require_two_factor and not await two_factor.is_on(viewer.user_id):
        raise SecondStepRequired
