"""What the security log says of a team."""

from app.auth.security_words import Details, Wording, Words
from app.core.i18n import gettext as _
from app.teams.wording import roles_text


def _by(said: Details) -> str:
    return _("By %(email)s.", email=said["by"]) if said.get("by") else ""


def _from_to(said: Details) -> str:
    return _("From “%(before)s” to “%(after)s”.", before=said["before"], after=said["after"])


def _roles(said: Details) -> Words:
    roles = roles_text(str(said.get("after", "")).split(","))
    return Words(_("Your roles changed: %(roles)s", roles=roles), _by(said))


def team_words() -> dict[str, Wording]:
    """Return the words for every kind that this module notes."""
    return {
        "team-invited": lambda said: Words(_("Invited %(email)s", email=said["email"])),
        "team-invited-again": lambda said: Words(_("Invited %(email)s again", email=said["email"])),
        "team-invitation-withdrawn": lambda said: Words(
            _("Withdrew the invitation of %(email)s", email=said["email"])
        ),
        "team-joined": lambda said: Words(
            _("Joined %(name)s", name=said["organization"]), _by(said)
        ),
        "team-removed": lambda said: Words(
            _("Removed from %(name)s", name=said["organization"]), _by(said), "warn"
        ),
        "roles-changed": _roles,
        "group-changed": lambda said: Words(
            _("Moved to the group “%(name)s”", name=said["after"]), _by(said)
        ),
        "ownership-given": lambda said: Words(
            _("Handed %(name)s over", name=said["organization"]),
            _("To %(email)s.", email=said["to"]),
            "warn",
        ),
        "ownership-taken": lambda said: Words(
            _("Became the owner of %(name)s", name=said["organization"]), _by(said)
        ),
        "group-added": lambda said: Words(_("Added the group “%(name)s”", name=said["group"])),
        "group-renamed": lambda said: Words(_("Renamed a group"), _from_to(said)),
        "group-removed": lambda said: Words(_("Removed the group “%(name)s”", name=said["group"])),
        "organization-renamed": lambda said: Words(_("Renamed the organization"), _from_to(said)),
    }
