"""What people agree to when they register: the creator's words, or a plain sentence in the page's language."""

from app.core.i18n import gettext as _


def consent_words(own: str) -> str:
    """Return the words to show and, word for word, to keep; `own` are the creator's, or ""."""
    return own or _(
        "I agree that my details are kept to handle this registration and to send me messages about it. "
        "I can change or erase them at any time."
    )
