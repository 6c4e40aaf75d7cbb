"""What registrants read when it is over, for pages that have something to say then."""

from typing import Protocol, runtime_checkable

from app.pages.collecting import Collection


@runtime_checkable
class Concludes(Protocol):
    """What the settings of such a type say; "" is nothing."""

    @property
    def post_event_content(self) -> str: ...


def conclusion_of(collection: Collection) -> str:
    """Return the creator's words (Markdown) for when it is over, or ""."""
    settings = collection.settings
    return settings.post_event_content if isinstance(settings, Concludes) else ""
