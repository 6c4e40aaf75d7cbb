"""Where somebody takes, or leaves to the next, what the waitlist offers them."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.core.errors import Conflict, Gone, NotFound
from app.core.forms import FORM_LEVEL, Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.pages.collecting import Collection, collection_of
from app.pages.terms import MAXIMUM_GROUP
from app.registrations.cancelling import cancel
from app.registrations.claiming import claim
from app.registrations.controllers.looking import look_of, view_of
from app.registrations.happenings import happening_of
from app.registrations.links import manage_path, read_offer_token
from app.registrations.offering import Entry, entry_by_id
from app.registrations.queries import RegistrationView, registration_of

Request_ = Request[Any, Any, Any]

ADDRESS_RATE, RATE = "240/minute", "60/minute"


class ClaimForm(FormModel):
    """`quantity` is how many of the offered places are taken."""

    quantity: Annotated[int, Field(ge=1, le=MAXIMUM_GROUP)]


class WaitlistController(Controller):
    path = "/waitlist/{token:str}"

    @get()
    async def show(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        entry, registration, collection = await _find(request, token, now)
        if registration.seated:
            return redirect(request, manage_path(registration.id, now))
        return await _show(request, token, collection, entry, Form(), 200, now)

    @post(status_code=200)
    async def take(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        entry, registration, collection = await _find(request, token, now)
        look_of((await view_of(collection.short_id, now)).page)
        form = await read_form(request, ClaimForm)
        if form.data is None:
            return await _show(request, token, collection, entry, form, 422, now)
        try:
            await claim(collection, registration.id, form.data.quantity, now)
        except Gone:
            raise
        except Conflict as error:
            form.add(FORM_LEVEL, error.message)
            return await _show(request, token, collection, entry, form, error.status, now)
        return redirect(request, manage_path(registration.id, now), toast=_("It is yours."))

    @post("/refusal", status_code=200)
    async def refuse(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        _entry, registration, collection = await _find(request, token, now)
        look_of((await view_of(collection.short_id, now)).page)
        if not registration.seated:
            await cancel(collection, registration.id, now)
        return redirect(
            request, manage_path(registration.id, now), toast=_("It goes to the next in line.")
        )


async def _find(
    request: Request_, token: str, now: datetime
) -> tuple[Entry, RegistrationView, Collection]:
    """Return what a link is about, and count the use of it. Raises BadSignature (403), Gone when the offer is over or its
    registration erased."""
    await limit(request, "waitlist", ADDRESS_RATE)
    entry_id = read_offer_token(token, now)
    await limit(request, "waitlist-one", RATE, key=str(entry_id))
    entry = await entry_by_id(entry_id)
    try:
        if entry is None:
            raise NotFound
        registration = await registration_of(entry.registration_id)
    except NotFound:
        raise Gone(_("This offer has run out. The places went to the next in line.")) from None
    collection = await collection_of(registration.page_id, now)
    over = entry.overdue(now) or registration.state != "offered"
    if over and not registration.seated:
        raise Gone(_("This offer has run out. The places went to the next in line."))
    return entry, registration, collection


async def _show(
    request: Request_,
    token: str,
    collection: Collection,
    entry: Entry,
    form: Form[Any],
    status: int,
    now: datetime,
) -> Response[str]:
    own = (await view_of(collection.short_id, now)).page
    return page(
        request,
        "registrations/offer.html",
        status=status,
        **look_of(own),
        page=own,
        entry=entry,
        form=form,
        happening=happening_of(collection),
        path=f"/waitlist/{token}",
    )
