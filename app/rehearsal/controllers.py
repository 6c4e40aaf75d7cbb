"""/console/pages/{id}/rehearsals: ask for one, watch it, call it off, read what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict, Invalid
from app.core.forms import FORM_LEVEL, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import limit
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import loading
from app.pages.loading import PageRecord
from app.payments.rehearsing import payments_here
from app.rehearsal import asking, wording
from app.rehearsal.advising import advise
from app.rehearsal.forms import AT_ONCE, MOST_PEOPLE, MOST_PIECES, RehearsalForm, fresh_form
from app.rehearsal.opening import ensure_rehearsable
from app.rehearsal.queries import RehearsalView, rehearsal_of, rehearsals_of

Request_ = Request[Any, Any, Any]

RATE = "30/hour"


class RehearsalController(Controller):
    path = "/console/pages/{page_id:uuid}/rehearsals"
    guards = [requires(Permission.PUBLISH_PAGES)]

    @get()
    async def index(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        return await _index(request, viewer, own, fresh_form(), 200, now)

    @post(status_code=200)
    async def ask(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, RehearsalForm)
        if form.data is None:
            return await _index(request, viewer, own, form, 422, now)
        await limit(request, "rehearsal", RATE, key=str(viewer.group_id))
        asked = form.data
        how = {"people": asked.people, "pieces": asked.pieces, "fickle": asked.fickle}
        try:
            await asking.ask(asked.id, own, viewer, now, at_once=AT_ONCE[asked.rush], **how)
        except (Conflict, Invalid) as error:
            form.add(FORM_LEVEL, error.message)
            return await _index(request, viewer, own, form, error.status, now)
        return redirect(request, f"/console/pages/{own.id}/rehearsals/{asked.id}")

    @get("/{rehearsal_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        rehearsal_id: FromPath[UUID],
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        rehearsal = await rehearsal_of(own.id, rehearsal_id)
        return page(request, "rehearsal/show.html", **_context(own, rehearsal))

    @get("/{rehearsal_id:uuid}/state")
    async def state(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        rehearsal_id: FromPath[UUID],
    ) -> Response[str]:
        """How far it is, or its report: what the page looks at again and again."""
        own = await loading.of_group(page_id, viewer.group_id)
        rehearsal = await rehearsal_of(own.id, rehearsal_id)
        return fragments(request, ("rehearsal/_state.html", _context(own, rehearsal)))

    @post("/{rehearsal_id:uuid}/cancellation", status_code=200)
    async def cancel(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
        rehearsal_id: FromPath[UUID],
    ) -> Response[str]:
        own = await loading.of_group(page_id, viewer.group_id)
        rehearsal = await rehearsal_of(own.id, rehearsal_id)
        await asking.call_off(rehearsal.id, now)
        toast = _("Called off. Nothing of it is left.")
        if not is_htmx(request):
            url = f"/console/pages/{own.id}/rehearsals/{rehearsal.id}"
            return redirect(request, url, toast=toast)
        context = _context(own, await rehearsal_of(own.id, rehearsal_id))
        return fragments(request, ("rehearsal/_state.html", context), toast=toast)


async def _index(
    request: Request_,
    viewer: Viewer,
    own: PageRecord,
    form: Form[RehearsalForm],
    status: int,
    now: datetime,
) -> Response[str]:
    obstacle = ""
    try:
        await ensure_rehearsable(own, viewer.user_id, now)
    except (Conflict, Invalid) as error:
        obstacle = error.message
    context = {
        **_words(own),
        "form": form,
        "obstacle": obstacle,
        "rehearsals": await rehearsals_of(own.id),
        "payments": wording.payments_words(payments_here()),
        "most_people": MOST_PEOPLE,
        "most_pieces": MOST_PIECES,
    }
    return page(request, "rehearsal/index.html", status=status, **context)


def _context(own: PageRecord, rehearsal: RehearsalView) -> dict[str, Any]:
    """What `rehearsal/_state.html` takes."""
    report = rehearsal.report
    advice = advise(report, own.page_type.sells) if report else []
    return {**_words(own), "rehearsal": rehearsal, "report": report, "advice": advice}


def _words(own: PageRecord) -> dict[str, Any]:
    return {"page": own, "words": wording, "sells": own.page_type.sells}


controllers = [RehearsalController]
