"""The security log in words. Modules above add their own kinds (`add_words`, in `main.py`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.core.i18n import gettext as _
from app.core.i18n import ngettext

Details = Mapping[str, str | int]
Tone = Literal["neutral", "good", "warn", "bad"]


@dataclass(frozen=True)
class Words:
    """What a line of the log says: `text`, more about it in `note`, and how worried to be."""

    text: str
    note: str = ""
    tone: Tone = "neutral"


Wording = Callable[[Details], Words]


def _started(said: Details) -> Words:
    return Words(_("Logged in"), str(said.get("device", "")))


def _ended(said: Details) -> Words:
    return {
        "logout": Words(_("Logged out")),
        "replaced": Words(_("Session replaced"), _("By logging in again in the same browser.")),
    }.get(str(said.get("cause")), Words(_("Session ended"), _("From the list of sessions.")))


def _all_ended(said: Details) -> Words:
    count = int(said.get("count", 0))
    ended = ngettext("%(num)s session ended", "%(num)s sessions ended", count)
    causes = {
        "password": _("Because the password changed."),
        "address": _("Because a change of address was undone."),
    }
    return Words(ended, causes.get(str(said.get("cause")), ""))


def _recovered(said: Details) -> Words:
    left = int(said.get("left", 0))
    note = ngettext("%(num)s code is left.", "%(num)s codes are left.", left)
    return Words(_("Recovery code used"), note, "warn")


_WORDS: dict[str, Wording] = {
    "signed-up": lambda said: Words(_("Account made")),
    "address-verified": lambda said: Words(_("Address confirmed"), tone="good"),
    "session-started": _started,
    "session-ended": _ended,
    "sessions-ended": _all_ended,
    "refresh-reused": lambda said: Words(
        _("Session ended: it was copied"),
        _("Somebody used an old copy of its cookie. If that was not you, change your password."),
        "bad",
    ),
    "login-failed": lambda said: Words(_("Wrong password"), _("When logging in."), "warn"),
    "password-refused": lambda said: Words(
        _("Wrong password"), _("Asked for again while logged in."), "warn"
    ),
    "password-changed": lambda said: Words(_("Password changed")),
    "reset-asked": lambda said: Words(_("Link to a new password asked for")),
    "password-reset": lambda said: Words(_("Password replaced"), _("By the link in a mail.")),
    "code-refused": lambda said: Words(
        _("Wrong code"), _("The password was right. If that was not you, change it."), "bad"
    ),
    "two-factor-on": lambda said: Words(_("Two-factor turned on"), tone="good"),
    "two-factor-off": lambda said: Words(_("Two-factor turned off"), tone="warn"),
    "two-factor-removed": lambda said: Words(
        _("Two-factor removed"), _("By whoever runs this installation."), "warn"
    ),
    "recovery-code-used": _recovered,
    "recovery-codes-made": lambda said: Words(_("New recovery codes made")),
    "address-change-asked": lambda said: Words(_("Change of address asked for")),
    "address-change-cancelled": lambda said: Words(_("Change of address given up")),
    "address-changed": lambda said: Words(_("Address changed")),
    "address-change-undone": lambda said: Words(
        _("Change of address undone"), _("From the old address."), "warn"
    ),
}


def add_words(words: Mapping[str, Wording]) -> None:
    """Let the log speak of a higher module's kinds."""
    _WORDS.update(words)


def known_kinds() -> frozenset[str]:
    return frozenset(_WORDS)


def words_of(kind: str, details: Details) -> Words:
    """Return a line in words; a kind that nobody has words for is shown by its name."""
    wording = _WORDS.get(kind)
    return wording(details) if wording else Words(kind.replace("-", " ").capitalize())
