"""The mails about pages to those who own them, one function each. Called inside the transaction that causes them."""

from datetime import datetime

from app.auth.members import Member, member
from app.auth.organizations import organization_of
from app.core.settings import get_settings
from app.notifications.sending import send_email
from app.pages.loading import PageRecord


async def suspended(page: PageRecord, reason: str, now: datetime) -> None:
    """Say that the operator took a page from the public, and why."""
    await _tell(page, "page-suspended", now, reason=reason)


async def lifted(page: PageRecord, now: datetime) -> None:
    """Say that a page is back."""
    await _tell(page, "page-back", now)


async def _tell(page: PageRecord, name: str, now: datetime, **said: str) -> None:
    for person in await _owners(page):
        context = {
            "name": person.name or person.email,
            "title": page.title,
            "page_url": f"{get_settings().base_url}/console/pages/{page.id}",
            **said,
        }
        await send_email(
            person.email,
            name,
            context,
            locale=page.language,
            key=f"{name}:{page.id}:{person.id}:{now.isoformat()}",
            subject_of=page.id,
        )


async def _owners(page: PageRecord) -> list[Member]:
    """Whoever made the page, as long as they are in its organization, and whoever owns that."""
    owner_id = (await organization_of(page.organization_id)).owner_id
    found = [await member(user_id) for user_id in {page.user_id, owner_id} if user_id]
    return [one for one in found if one and one.organization_id == page.organization_id]
