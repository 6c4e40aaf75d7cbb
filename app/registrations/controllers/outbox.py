"""What became of a page's messages, and of a test message to oneself; and reports of mail that came back."""

import hmac
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import AfterValidator, Field

from app.auth.limiting import limit_account
from app.auth.permissions import Permission
from app.auth.verifying import AddressUnconfirmed
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.forms import FORM_LEVEL, Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.rendering import fragments, is_htmx, page, redirect
from app.core.settings import get_settings
from app.notifications import queries
from app.notifications.bouncing import record_bounce
from app.notifications.delivering import retry
from app.notifications.sending import send_email, send_sms
from app.pages import loading
from app.registrations.phones import read_phone

Request_ = Request[Any, Any, Any]

TESTS = "10/hour"
OWN = "/console/account/messages"


class RetryForm(FormModel):
    message: UUID


class TestForm(FormModel):
    """`id` makes two submissions one message; without `phone` the test goes by mail."""

    __test__ = False
    id: UUID
    phone: Annotated[str, Field(max_length=40), AfterValidator(read_phone)] = ""


class OutboxController(Controller):
    path = "/console/pages/{page_id:uuid}"

    @get("/messages/history", guards=[requires(Permission.SEE_REGISTRATIONS)])
    async def history(
        self, request: Request_, viewer: Named[Viewer], page_id: FromPath[UUID]
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        given = request.query_params
        text = given.get("page", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
        state = given.get("state", "") if given.get("state", "") in queries.STATES else ""
        search = given.get("q", "").replace("\x00", "")[:200]
        found = await queries.history_of(own.id, search, state, max(number, 1))
        context: dict[str, Any] = {
            "page": own,
            "history": found,
            "search_text": search,
            "state": state,
            "number": max(number, 1),
            "pages": -(-found.total // queries.PAGE_SIZE),
            "may_retry": viewer.can(Permission.MESSAGE),
        }
        if is_htmx(request):
            return fragments(request, ("notifications/_history.html", context))
        return page(request, "notifications/history.html", **context)

    @post("/failed-messages", guards=[requires(Permission.MESSAGE)], status_code=200)
    async def retry(
        self, request: Request_, viewer: Named[Viewer], page_id: FromPath[UUID]
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, RetryForm)
        if form.data is None:
            raise Invalid
        if not await queries.belongs_to(form.data.message, own.id):
            raise NotFound
        if not await retry(form.data.message):
            raise Conflict(_("This message did not fail, so it is not sent again."))
        back = f"/console/pages/{own.id}/messages/history"
        return redirect(request, back, toast=_("The message is tried again."))


class OwnMessagesController(Controller):
    path = OWN

    @get()
    async def show(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        form: Form[Any] = Form(values={"id": str(new_id())})
        return await _settings(request, viewer, form, 200)

    @post(status_code=200)
    async def test(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        """Send a test message to the viewer's own confirmed address, or to a number that staff may type.

        Accounts have no confirmed number of their own, so nobody else can send a text from here.
        """
        await limit_account(request, "test-message", TESTS, viewer.user_id)
        form = await read_form(request, TestForm)
        if form.data is None:
            return await _settings(request, viewer, form, 422)
        if form.data.phone and not viewer.staff:
            raise NotFound
        if not viewer.verified:
            form.add(FORM_LEVEL, AddressUnconfirmed().message)
            return await _settings(request, viewer, form, 422)
        key = _key(viewer, str(form.data.id))
        if form.data.phone:
            await send_sms(form.data.phone, "test-message", {}, key=key)
        else:
            await send_email(viewer.email, "test-message", {}, key=key)
        said = _("The test message is on its way.")
        return redirect(request, f"{OWN}?sent={form.data.id}", toast=said)


def _key(viewer: Viewer, id: str) -> str:
    return f"test:{viewer.user_id}:{id}"


async def _settings(
    request: Request_, viewer: Viewer, form: Form[Any], status: int
) -> Response[str]:
    settings = get_settings()
    sent = request.query_params.get("sent", "").replace("\x00", "")[:40]
    fate = await queries.fate_of(_key(viewer, sent)) if sent else None
    return page(
        request,
        "notifications/settings.html",
        status=status,
        viewer=viewer,
        form=form,
        fate=fate,
        may_text=viewer.staff and bool(settings.sms_url),
    )


@post("/webhooks/bounces", status_code=200)
async def take_bounce(request: Request_) -> dict[str, bool]:
    """A mail server's report of returned mail (RFC 3464), raw; `Authorization: Bearer {MAYFLY_BOUNCE_TOKEN}`."""
    token = get_settings().bounce_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Forbidden
    return {"known": await record_bounce(await request.body())}
