"""`/privacy`: what this installation keeps for how long, as its settings are."""

from typing import Any

from litestar import Controller, Request, Response, get

from app.core.rendering import page
from app.core.settings import get_settings
from app.privacy.rules import all_rules
from app.privacy.shorter import shorter_terms

Request_ = Request[Any, Any, Any]


class PolicyController(Controller):
    path = "/privacy"

    @get()
    async def show(self, request: Request_) -> Response[str]:
        settings = get_settings()
        sender = settings.mail_from.rpartition("<")[2].rstrip(">")
        return page(
            request,
            "privacy/policy.html",
            rules=[(rule, rule.term(settings)) for rule in all_rules() if rule.setting],
            shorter=shorter_terms(),
            grace=settings.erasure_grace_days,
            contact=settings.sales_email or sender,
        )
