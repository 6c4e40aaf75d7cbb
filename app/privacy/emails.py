"""The mails about somebody's data, one function each. Called inside the transaction that causes them."""

from datetime import datetime
from uuid import UUID

from app.auth.members import Member
from app.core.i18n import current_language
from app.core.settings import get_settings
from app.notifications.sending import send_email


async def export_ready(who: Member, export_id: UUID, until: datetime) -> None:
    """Say that the export can be fetched; only by whoever is logged in."""
    url = f"{get_settings().base_url.rstrip('/')}/console/account/data"
    await send_email(
        who.email,
        "export-ready",
        {"name": who.name, "url": url, "until": until},
        locale=current_language.get(),
        key=f"export-ready:{export_id}",
        subject_of=who.id,
    )
