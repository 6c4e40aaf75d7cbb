"""Where to go after logging in: to own paths only."""

from urllib.parse import urlsplit

HOME = "/console"
LONGEST = 2000
# Going back to these would log out, or ask to log in again.
_NEVER = ("/login", "/logout", "/signup", "/forgot", "/reset/")


def own_path(target: str) -> str | None:
    """Return `target` when it is a path of this site, else None: no scheme, no host, nothing a browser reads as one."""
    if not target.startswith("/") or len(target) > LONGEST or target.startswith(_NEVER):
        return None
    if "\\" in target or any(not c.isprintable() or c.isspace() for c in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or target.startswith("//") or parts.path.startswith("//"):
        return None
    return target


def after_login(target: str) -> str:
    return own_path(target) or HOME
