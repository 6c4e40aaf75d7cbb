"""The mails about somebody's data, one function each. Called inside the transaction that causes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from app.auth.members import Member
from app.core.i18n import current_language
from app.core.settings import get_settings
from app.notifications.sending import send_email
from app.receipts.giving import receipt_path

if TYPE_CHECKING:
    from app.privacy.ending import Erasure
    from app.privacy.erasing import Erased


async def export_ready(who: Member, export_id: UUID, until: datetime) -> None:
    """Say that the export can be fetched; only by whoever is logged in."""
    url = _base() + "/console/account/data"
    await send_email(
        who.email,
        "export-ready",
        {"url": url, "until": until},
        locale=current_language.get(),
        key=f"export-ready:{export_id}",
        subject_of=who.id,
    )


async def erasure_asked(who: Member, erasure: "Erasure", keep_path: str) -> None:
    """Say when the account ends, and how to keep it."""
    context = {"due_at": erasure.due_at, "url": _base() + keep_path}
    await _send(who, erasure, "erasure-asked", context)


async def erasure_cancelled(who: Member, erasure: "Erasure", *, blocked: bool) -> None:
    """Say that the account is kept; `blocked`, for others were in its organization when its time came."""
    context = {"blocked": blocked, "url": _base() + "/console/team"}
    await _send(who, erasure, "erasure-cancelled", context)


async def account_erased(
    who: Member, erasure: "Erasure", number: str, erased: "Erased", *, whole: bool, now: datetime
) -> None:
    """Send the receipt: what went, what is kept until when, and why. Whom to is forgotten once it has left."""
    settings = get_settings()
    await send_email(
        who.email,
        "account-erased",
        {
            "number": number,
            "at": now,
            "erased": erased,
            "whole": whole,
            "order_years": settings.retention_order_years,
            "event_days": settings.retention_payment_event_days,
            "url": _base() + receipt_path(number),
        },
        locale=erasure.language,
        key=f"account-erased:{erasure.id}",
        fleeting=True,
    )


async def _send(who: Member, erasure: "Erasure", name: str, context: Mapping[str, object]) -> None:
    await send_email(
        who.email,
        name,
        context,
        locale=erasure.language,
        key=f"{name}:{erasure.id}",
        subject_of=who.id,
    )


def _base() -> str:
    return get_settings().base_url.rstrip("/")
