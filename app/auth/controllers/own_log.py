"""`/console/account/security`: what happened to one's own account."""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency as Named

from app.auth.controllers.answers import AnyRequest
from app.auth.security_log import PER_PAGE, count_entries, entries_of
from app.auth.security_words import words_of
from app.auth.viewer import Viewer
from app.core.rendering import fragments, is_htmx, page
from app.core.settings import get_settings

PATH = "/console/account/security"
LAST_PAGE = 10_000


def _number(text: str) -> int:
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and text != "0" else 1


class OwnLogController(Controller):
    path = PATH

    @get()
    async def show(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        pages = max(1, -(-await count_entries(viewer.user_id) // PER_PAGE))
        number = min(_number(request.query_params.get("page", "1")[:9]), pages)
        entries = await entries_of(viewer.user_id, number, now)
        context: dict[str, Any] = {
            "viewer": viewer,
            "entries": [(entry, words_of(entry.kind, entry.details)) for entry in entries],
            "number": number,
            "pages": pages,
            "address_days": get_settings().retention_ip_days,
            "entry_days": get_settings().retention_security_log_days,
        }
        if is_htmx(request):
            return fragments(request, ("auth/_log.html", context))
        return page(request, "auth/log.html", **context)
