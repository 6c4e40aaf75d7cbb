"""A message to all who registered on a page: written, looked at with its count, sent."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.forms import FORM_LEVEL, Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.ids import new_id
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.pages import loading
from app.pages.collecting import collection_of
from app.pages.loading import PageRecord
from app.registrations.broadcasting import audience_of, broadcast, sent_to

Request_ = Request[Any, Any, Any]

RATE = "20/hour"


class MessageForm(FormModel):
    """`id` makes two submissions one message; `step` says whether it is only to be looked at."""

    id: UUID
    audience: Literal["registered", "attended", "waiting", "all"] = "registered"
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=10_000)]
    step: Literal["edit", "preview", "send"] = "preview"


class MessagingController(Controller):
    path = "/console/pages/{page_id:uuid}/messages"
    guards = [requires(Permission.MESSAGE)]

    @get()
    async def write(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        own = await _own(viewer, page_id, now)
        form: Form[Any] = Form(values={"id": str(new_id()), "audience": "registered"})
        return await _write(request, own, form, 200)

    @post(status_code=200)
    async def send(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        """The message as it would arrive, and to how many; or, from there, send it."""
        own = await _own(viewer, page_id, now)
        form = await read_form(request, MessageForm)
        if form.data is None:
            return await _write(request, own, form, 422)
        if form.data.step == "edit":
            return await _write(request, own, form, 200)
        if own.suspended:
            form.add(FORM_LEVEL, _("This page is suspended: nothing can be sent from it."))
            return await _write(request, own, form, 409)
        audience = await audience_of(own.id, form.data.audience)
        if not audience.reached:
            form.add("audience", _("There is nobody among them with an e-mail address."))
            return await _write(request, own, form, 422)
        if form.data.step == "preview":
            return page(
                request,
                "registrations/console/preview.html",
                page=own,
                form=form,
                audience=audience,
                words=audience_words(),
            )
        await limit(request, "broadcast", RATE, key=str(viewer.group_id))
        message = form.data
        await broadcast(
            message.id, own.id, viewer, message.subject, message.body, message.audience, now
        )
        said = ngettext(
            "On its way to %(num)s person.", "On its way to %(num)s people.", audience.reached
        )
        return redirect(request, f"/console/pages/{own.id}/messages", toast=said)


def audience_words() -> dict[str, str]:
    return {
        "registered": _("Everyone who is registered"),
        "attended": _("Those who were checked in"),
        "waiting": _("Those on the waitlist"),
        "all": _("Registered and waiting"),
    }


async def _own(viewer: Viewer, page_id: UUID, now: datetime) -> PageRecord:
    """Return a page of the viewer's group that collects registrations. Raises NotFound."""
    own = await loading.of_group(page_id, viewer.group_id)
    await collection_of(own.id, now)
    return own


async def _write(request: Request_, own: PageRecord, form: Form[Any], status: int) -> Response[str]:
    return page(
        request,
        "registrations/console/write.html",
        status=status,
        page=own,
        form=form,
        audiences=list(audience_words().items()),
        sent=await sent_to(own.id),
    )
