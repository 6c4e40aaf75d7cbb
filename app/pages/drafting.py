"""What somebody typed into the editor, kept as it was typed, so that no closed tab loses it. The page does not change."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from app.core import db
from app.core.errors import Invalid, TooLarge
from app.core.forms import FORM_LEVEL, Form
from app.core.ids import new_id
from app.pages.forms import PageForm
from app.pages.loading import PageRecord

# Far more than a form with everything in it; a single value is limited by the form itself.
LONGEST = 200_000
# What the form says of its buttons and of what is shown beside it.
PASSING = ("intent", "pick", "row", "add", "preset", "moment", "stock")


@dataclass(frozen=True)
class Draft:
    """Form values as a browser sent them. `outdated` when the page was saved since."""

    form: Form[PageForm]
    kept_at: datetime
    outdated: bool


async def keep(page: PageRecord, form: Form[Any], user_id: UUID, now: datetime) -> None:
    """Keep the form's values, right or wrong, in place of those kept before.

    Raises Invalid for what is no form of this page's at all, TooLarge.
    """
    if FORM_LEVEL in form.errors:
        raise Invalid
    known = sorted(page.page_type.form.model_fields.keys() & form.values.keys() - set(PASSING))
    if any(_unkeepable(text) for name in known for text in form.all(name)):
        raise Invalid
    values = json.dumps({name: form.values[name] for name in known})
    if len(values) > LONGEST:
        raise TooLarge
    await db.execute(
        """INSERT INTO page_draft (id, page_id, user_id, form, version, kept_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (page_id, user_id) DO UPDATE SET form = $4, version = $5, kept_at = $6""",
        *(new_id(), page.id, user_id, values, page.version, now),
    )


async def kept(page: PageRecord, user_id: UUID) -> Draft | None:
    """Return what the user typed and did not save, if anything."""
    row = await db.fetch_one(
        "SELECT form, version, kept_at FROM page_draft WHERE page_id = $1 AND user_id = $2",
        *(page.id, user_id),
    )
    if row is None:
        return None
    values = cast(dict[str, Any], json.loads(row["form"]))
    return Draft(Form(values=values), row["kept_at"], row["version"] != page.version)


async def drop(page_id: UUID, user_id: UUID) -> None:
    """Forget what was typed: it was saved, or is not wanted."""
    await db.execute("DELETE FROM page_draft WHERE page_id = $1 AND user_id = $2", page_id, user_id)


def _unkeepable(text: str) -> bool:
    """Whether a database has no place for it: a null, or half a surrogate pair."""
    return any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text)
