"""`/console/account/notices`: what one wants to be told by mail, and how often."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.types import ControllerRouterHandler

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.forms import Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.rendering import page, redirect
from app.notices.preferences import KINDS, Preferences, choose, shown_preferences
from app.notices.telling import WINDOW

Request_ = Request[Any, Any, Any]
PATH = "/console/account/notices"


class NoticesForm(FormModel):
    """A kind that is not ticked is off."""

    sale: bool = False
    refund: bool = False
    registration: bool = False
    dispute: bool = False
    daily: bool = False


class NoticesController(Controller):
    path = PATH

    @get()
    async def show(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        chosen = await shown_preferences(viewer.user_id, viewer.email)
        values = {kind: "on" if kind in chosen.kinds else "" for kind in KINDS}
        values["daily"] = "on" if chosen.daily else ""
        return _page(request, viewer, Form[NoticesForm](values=values))

    @post(status_code=200)
    async def save(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, NoticesForm)
        if form.data is None:
            return _page(request, viewer, form, 422)
        kinds = frozenset(kind for kind in KINDS if getattr(form.data, kind))
        await choose(viewer.user_id, viewer.email, Preferences(kinds, form.data.daily), now)
        return redirect(request, PATH, toast=_("Saved."))


def _page(
    request: Request_, viewer: Viewer, form: Form[NoticesForm], status: int = 200
) -> Response[str]:
    return page(
        request,
        "notices/settings.html",
        status=status,
        form=form,
        viewer=viewer,
        minutes=int(WINDOW.total_seconds() // 60),
        sees=viewer.can(Permission.SEE_ORDERS),
    )


controllers: list[ControllerRouterHandler] = [NoticesController]
