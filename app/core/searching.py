"""What people type into a search, as SQL's ILIKE reads it."""

LONGEST_SEARCH = 200


def clean_search(text: str) -> str:
    """Return what was typed without what a database can't keep, at most LONGEST_SEARCH characters."""
    cleaned = text.replace("\x00", "").strip()[:LONGEST_SEARCH]
    return cleaned.encode("utf-8", "ignore").decode()


def pattern_of(text: str) -> str:
    """Return the pattern that finds `text` anywhere: its own % and _ are letters like others."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
