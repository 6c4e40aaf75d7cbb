"""The visitor's registration: the puzzle, the form, and what is answered to it."""

import hashlib
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.billing.limits import LimitReached
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.forms import FORM_LEVEL, Form
from app.core.i18n import current_language
from app.core.ids import new_id
from app.core.ratelimit import limit
from app.core.rendering import fragments, is_htmx, page, redirect
from app.core.settings import get_settings
from app.core.trap import TRAP
from app.pages.arriving import read_query
from app.pages.collecting import Collection, ensure_open, load_collection
from app.pages.entering import ensure_as_shown
from app.registrations import captcha, suspecting
from app.registrations.calendar import CONTENT_TYPE, FILE_NAME, event_calendar
from app.registrations.confirming import keep_until_confirmed
from app.registrations.controllers.looking import look_of, view_of
from app.registrations.counting import tell_full
from app.registrations.forms import Read, RegistrationForm, read_registration, sign_up_of
from app.registrations.happenings import happening_of
from app.registrations.registering import register
from app.registrations.tables import WAITING

Request_ = Request[Any, Any, Any]

# Many share an address in an office or a school; one person has few reasons to try often.
ADDRESS_RATE = "60/minute"
PERSON_RATE = "6/minute"
PUZZLE_RATE = "120/minute"
# Each of these sends a mail to whatever address was typed.
CONFIRMATION_RATE = "10/hour"
# Text messages cost somebody something, and no puzzle was solved: from one source, to one number, and for one page.
TEXT_RATE, NUMBER_RATE, PAGE_TEXT_RATE = "3/hour", "3/day", "60/hour"
# What has done its work when the form arrives.
UNKEPT = frozenset({"altcha", TRAP})


class SigningUpController(Controller):
    path = "/p/{short_id:str}"

    @get("/puzzle")
    async def puzzle(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[dict[str, Any]]:
        """A fresh puzzle for the form's scripts, as ALTCHA's JSON."""
        await limit(request, "puzzle", PUZZLE_RATE)
        collection = await load_collection(short_id, now)
        price = await suspecting.price_for(request, now)
        fresh = captcha.puzzle(collection.short_id, price, now)
        return Response(fresh, headers={"Cache-Control": "no-store"})

    @post("/registrations", status_code=200)
    async def sign_up(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """303 to the thanks, or to the last step of browsers without scripts; or the form again, with why."""
        await limit(request, "registration", ADDRESS_RATE)
        collection = await load_collection(short_id, now)
        current_language.set(collection.language)
        read = await read_registration(request, collection.asks)
        if source := read_query(short_id, read.form.value("link"), now):
            collection = await load_collection(short_id, now, source)
        if not read.form.ok:
            return await _again(request, short_id, read.form, 422, now)
        data = cast(RegistrationForm, read.form.data)
        await limit(request, "registration-person", PERSON_RATE, key=_person(data))
        if data.from_robot(f"a registration at {short_id}"):
            return _thanks(request, short_id, "" if data.altcha else _way(data))
        try:
            if not data.altcha:
                return await _ask_to_confirm(request, collection, read, now)
            waits = await _register(request, collection, read, now)
        except Conflict as error:
            read.form.add(FORM_LEVEL, error.message)
            return await _again(request, short_id, read.form, error.status, now)
        except LimitReached as error:
            read.form.add(FORM_LEVEL, await tell_full(collection.page_id, error))
            return await _again(request, short_id, read.form, Conflict.status, now)
        return _thanks(request, short_id, "waitlist=1" if waits else "")

    @get("/registered")
    async def registered(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """The thanks. They tell what everyone would be told: whether an address was known is in its mail alone."""
        view = await view_of(short_id, now)
        collection = await load_collection(short_id, now)
        context: dict[str, Any] = {
            **look_of(view.page),
            "page": view.page,
            "happening": happening_of(collection),
            "waits": request.query_params.get("waitlist") == "1",
            "confirm": request.query_params.get("confirm", ""),
        }
        return page(request, "registrations/thanks.html", **context)

    @get("/event.ics")
    async def calendar(self, now: Named[datetime], short_id: FromPath[str]) -> Response[str]:
        """The event for everybody's calendar; the platform's link is for registrants alone."""
        collection = await load_collection(short_id, now)
        happening = happening_of(collection)
        if happening is None:
            raise NotFound
        url = f"{get_settings().base_url.rstrip('/')}/p/{collection.short_id}"
        text = event_calendar(collection, happening, now, url=url)
        return calendar_file(text)


def calendar_file(text: str) -> Response[str]:
    """Return an iCalendar file as a download."""
    headers = {
        "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, media_type=CONTENT_TYPE, headers=headers)


def _person(data: RegistrationForm) -> str:
    return (data.email or data.phone).lower()


def _attempt(data: RegistrationForm, short_id: str) -> UUID:
    """Return the key of one filled-in form: sent twice, it is one registration and no error."""
    if not data.attempt:
        return new_id()
    said = "\x1f".join((short_id, data.attempt, _person(data)))
    return UUID(bytes=hashlib.sha256(said.encode()).digest()[:16])


async def _register(request: Request_, collection: Collection, read: Read, now: datetime) -> bool:
    """Use the puzzle and register in one transaction. Return whether a newcomer waits now."""
    data = cast(RegistrationForm, read.form.data)
    solved = captcha.check(data.altcha, collection.short_id, now)
    sign_up = sign_up_of(read, collection)
    async with db.transaction():
        await captcha.use(solved, _attempt(data, collection.short_id))
        outcome = await register(collection, sign_up, now)
    return outcome.state == WAITING


async def _ask_to_confirm(
    request: Request_, collection: Collection, read: Read, now: datetime
) -> Response[str]:
    """Without a solved puzzle, the answer to a message shows that somebody is there. Raises Conflict."""
    data = cast(RegistrationForm, read.form.data)
    ensure_as_shown(collection, data.terms)
    ensure_open(collection)
    if data.email:
        await limit(request, "registration-confirm", CONFIRMATION_RATE)
    else:
        await limit(request, "registration-text", TEXT_RATE)
        await limit(request, "registration-text-number", NUMBER_RATE, key=data.phone)
        await limit(request, "registration-text-page", PAGE_TEXT_RATE, key=collection.short_id)
    typed = {name: text for name, text in read.form.values.items() if name not in UNKEPT}
    await keep_until_confirmed(collection, typed, data.email or data.phone, now)
    return _thanks(request, collection.short_id, _way(data))


def _way(data: RegistrationForm) -> str:
    return f"confirm={'mail' if data.email else 'text'}"


def _thanks(request: Request_, short_id: str, query: str) -> Response[str]:
    return redirect(request, f"/p/{short_id}/registered{query and '?'}{query}")


async def _again(
    request: Request_, short_id: str, form: Form[Any], status: int, now: datetime
) -> Response[str]:
    """The form once more, with what was typed and what is wrong: with scripts in its place, else as a page."""
    view = await view_of(short_id, now, read_query(short_id, form.value("link"), now))
    if is_htmx(request):
        takes = view.accepts in ("open", "waitlist")
        template = "pages/_registration_form.html" if takes else "registrations/_refused.html"
        context: dict[str, Any] = {"view": view, "page": view.page, "form": form}
        answer = fragments(request, (template, context), status=status)
        # Other answers, such as "please wait a moment", go inside the form; this one is the form.
        answer.headers |= {"HX-Retarget": "#registration", "HX-Reswap": "outerHTML"}
        return answer
    return page(
        request,
        "registrations/form.html",
        status=status,
        **look_of(view.page),
        view=view,
        page=view.page,
        form=form,
    )
