"""What registrants do with their signed link: see, change, cancel, take along, erase."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.errors import Conflict, Gone, NotFound
from app.core.forms import FORM_LEVEL, Form
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.pages.collecting import Collection, collection_of
from app.registrations.calendar import event_calendar
from app.registrations.cancelling import cancel
from app.registrations.changing import change
from app.registrations.controllers.looking import look_of, view_of
from app.registrations.controllers.signing_up import calendar_file
from app.registrations.erasing import erase_for_registrant
from app.registrations.fields import labelled, typed_of
from app.registrations.forms import changes_of, read_change
from app.registrations.happenings import happening_of
from app.registrations.links import manage_url, read_manage_token
from app.registrations.queries import RegistrationView, registration_of
from app.registrations.standing import wait_of
from app.registrations.taking_along import export_of

Request_ = Request[Any, Any, Any]

# A class may open its links together; one registrant has few reasons to.
ADDRESS_RATE = "240/minute"
RATE = "60/minute"


class ManagingController(Controller):
    path = "/registrations/{token:str}"

    @get()
    async def show(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        collection, registration = await _find(request, token, now)
        return await _show(request, collection, registration, token, now)

    @post(status_code=200)
    async def change(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        collection, registration = await _find(request, token, now)
        current_language.set(collection.language)
        read = await read_change(request, collection.asks)
        if read.form.ok:
            try:
                _ensure_changeable(collection, now)
                changes = changes_of(read, registration, collection.asks)
                await change(collection, registration.id, changes, now)
            except Conflict as error:
                read.form.add(FORM_LEVEL, error.message)
                return await _show(
                    request, collection, registration, token, now, read.form, error.status
                )
            return redirect(request, f"/registrations/{token}", toast=_("Saved."))
        return await _show(request, collection, registration, token, now, read.form, 422)

    @post("/cancellation", status_code=200)
    async def cancel(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        collection, registration = await _find(request, token, now)
        current_language.set(collection.language)
        await cancel(collection, registration.id, now)
        return redirect(request, f"/registrations/{token}", toast=_("Cancelled."))

    @post("/erasure", status_code=200)
    async def erase(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        collection, registration = await _find(request, token, now)
        number = await erase_for_registrant(collection, registration, now)
        view = await view_of(collection.short_id, now)
        return page(
            request,
            "registrations/erased.html",
            **look_of(view.page),
            page=view.page,
            number=number,
            mailed=bool(registration.email),
        )

    @get("/export")
    async def export(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """Everything that is kept, as JSON."""
        collection, registration = await _find(request, token, now)
        current_language.set(collection.language)
        headers = {
            "Content-Disposition": 'attachment; filename="registration.json"',
            "Cache-Control": "no-store",
        }
        text = await export_of(collection, registration)
        return Response(text, media_type="application/json", headers=headers)

    @get("/event.ics")
    async def calendar(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """The event for the registrant's calendar, with the platform's link once there is a place for them."""
        collection, registration = await _find(request, token, now)
        happening = happening_of(collection)
        if happening is None:
            raise NotFound
        text = event_calendar(
            collection,
            happening,
            now,
            url=manage_url(registration.id, now),
            private=registration.seated,
            cancelled=not registration.standing,
        )
        return calendar_file(text)


async def _find(
    request: Request_, token: str, now: datetime
) -> tuple[Collection, RegistrationView]:
    """Return the registration of a link, and count the use of it. Raises BadSignature (403), Gone when it was erased."""
    await limit(request, "registration-manage", ADDRESS_RATE)
    registration_id = read_manage_token(token, now)
    await limit(request, "registration-manage-one", RATE, key=str(registration_id))
    try:
        registration = await registration_of(registration_id)
    except NotFound:
        raise Gone(_("This registration was erased. Nothing of it is kept.")) from None
    return await collection_of(registration.page_id, now), registration


def _ensure_changeable(collection: Collection, now: datetime) -> None:
    if not changeable(collection, now):
        raise Conflict(_("It has begun, so the registration can't be changed any more."))


def changeable(collection: Collection, now: datetime) -> bool:
    """Whether registrants may still change what they said: until the event starts."""
    happening = happening_of(collection)
    return happening is None or now < happening.starts_at


async def _show(
    request: Request_,
    collection: Collection,
    registration: RegistrationView,
    token: str,
    now: datetime,
    form: Form[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    view = await view_of(collection.short_id, now)
    look, happening = look_of(view.page), happening_of(collection)
    return page(
        request,
        "registrations/manage.html",
        status=status,
        **look,
        view=view,
        page=view.page,
        registration=registration,
        happening=happening,
        answers=labelled(collection.asks.fields, registration.answers),
        form=form or form_of(collection, registration),
        path=f"/registrations/{token}",
        may_change=registration.standing and changeable(collection, now),
        over=happening is not None and happening.over(now),
        wait=await wait_of(registration, now),
    )


def form_of(collection: Collection, registration: RegistrationView) -> Form[Any]:
    """Return the form of a change, filled with what was said."""
    values = {
        "name": registration.name,
        "phone": registration.phone,
        "quantity": str(registration.quantity),
    }
    return Form(values={**values, **typed_of(collection.asks.fields, registration.answers)})
