"""`/console/staff/log`: what staff did and looked at."""

from typing import Any

from litestar import Response, get

from app.core.rendering import fragments, is_htmx, page
from app.core.searching import clean_search
from app.staff.controllers.area import HOME, Request_, StaffController, page_number
from app.staff.noting import read_log
from app.staff.wording import words_of


class LogController(StaffController):
    path = f"{HOME}/log"

    @get()
    async def show(self, request: Request_) -> Response[str]:
        search = clean_search(request.query_params.get("q", ""))
        log = await read_log(search, page_number(request.query_params.get("page", "1")))
        context: dict[str, Any] = {"log": log, "search": search, "words_of": words_of}
        if is_htmx(request):
            return fragments(request, ("staff/_log.html", context))
        return page(request, "staff/log.html", **context)
