"""Programs of the system that tests use: a browser, which they need, and nginx and Redis, without which some are skipped.

`make test` runs this first. As root, or with a sudo that asks for no password, it installs what is missing. Anybody else is told
what is missing and how to get it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tests.support.browser import SHELL, find_browser

# Debian's package by the program it brings.
SERVERS = {"nginx": "nginx-light", "redis-server": "redis-server"}
BROWSER = "chromium"
# A machine without a network has to do with what it has, and soon.
APT = ("apt-get", "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "chromium")


def missing_servers() -> list[str]:
    """Return the packages of the servers that are not on this machine."""
    paths = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return [package for name, package in SERVERS.items() if not shutil.which(name, path=paths)]


def rights() -> list[str] | None:
    """Return what goes before a command that installs: nothing as root, sudo where it asks nothing; None without rights."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _works("sudo", "-n", "true"):
        return ["sudo", "-n"]
    return None


def advice(packages: Sequence[str]) -> str:
    """Return how a person gets the packages on this machine."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install {' '.join(packages)}"
    return f"install {', '.join(packages)} with your system's package manager"


def ensure_programs() -> None:
    """Install what is missing where that is allowed; SystemExit with words when there is no browser after that."""
    servers = missing_servers()
    browser = [] if find_browser() else [BROWSER]
    allowed = rights() if shutil.which("apt-get") else None
    if allowed is not None:
        _install(allowed, servers, wants_browser=bool(browser))
        servers = missing_servers()
    if servers:
        _say(f"Not found: {', '.join(servers)}. The tests that need them are skipped.")
        _say(f"  To run them too: {advice(servers)}")
    if browser and find_browser() is None and not _playwright_has_one():
        raise SystemExit(
            "The browser journeys need Chromium, and it could not be installed.\n"
            f"  To get it: {advice([BROWSER, *servers])}\n"
            "  or set MAYFLY_CHROMIUM to the path of a Chromium or Chrome."
        )


def _install(before: list[str], servers: list[str], *, wants_browser: bool) -> None:
    # On a machine of a person, their own browser is good enough.
    wants_shell = wants_browser or (not before and shutil.which(SHELL) is None)
    if not servers and not wants_shell:
        return
    if servers or wants_browser:
        _try(before, [*APT, "update"])
    if servers:
        _try(before, [*APT, "install", "-y", "--no-install-recommends", *servers])
    if wants_shell and _works("apt-cache", "show", SHELL):
        _try(before, [*APT, "install", "-y", "--no-install-recommends", SHELL])
    if find_browser() is None:
        _try(before, [*APT, "install", "-y", "--no-install-recommends", BROWSER])


def _playwright_has_one() -> bool:
    _say(f"Installing a browser for the tests: {' '.join(PLAYWRIGHT)}")
    return _works(*PLAYWRIGHT)


def _try(before: list[str], command: list[str]) -> None:
    _say(f"Installing for the tests: {' '.join([*before, *command])}")
    # The tests start servers of their own on ports of their own; the packages' services stay off.
    variables = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    subprocess.run([*before, *variables, *command], check=False, stdout=subprocess.DEVNULL)


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    ensure_programs()
