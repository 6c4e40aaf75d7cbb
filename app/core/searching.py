"""What people type into a search, as SQL's ILIKE reads it."""

from app.core.addresses import canonical_address
from app.core.text import clean_text

LONGEST_SEARCH = 200


def clean_search(text: str) -> str:
    """Return what was typed without what a database can't keep, at most LONGEST_SEARCH characters."""
    cleaned = clean_text(text.replace("\x00", "")).strip()[:LONGEST_SEARCH]
    return cleaned.encode("utf-8", "ignore").decode()


def pattern_of(text: str) -> str:
    """Return the pattern that finds `text` anywhere: its own % and _ are letters like others. A whole address
    is found as it is stored, whichever way it was copied."""
    escaped = (
        (canonical_address(text) if "@" in text else text)
        .replace("\\", "\\\\")
        .replace("%", "\\%")
        .replace("_", "\\_")
    )
    return f"%{escaped}%"
