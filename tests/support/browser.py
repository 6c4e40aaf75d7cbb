"""Chromium for the browser journeys: the system's, else from the system's packages, else Playwright's own."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Return the path of the system's Chromium, or None. `MAYFLY_CHROMIUM` names another."""
    named = os.environ.get("MAYFLY_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _try(*command: str) -> bool:
    print("Installing a browser for the tests:", " ".join(command), flush=True)
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0


def _from_packages() -> bool:
    if shutil.which("apt-get") is None:
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and shutil.which("sudo") is None:
        return False
    return _try(*as_root, "apt-get", "update", "-qq") and _try(
        *as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"
    )


def ensure_browser() -> None:
    """Install a Chromium where there is none. Raises SystemExit when that can't be done."""
    if find_browser() or (_from_packages() and find_browser()):
        return
    if not _try(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"):
        raise SystemExit("The browser journeys need Chromium: install it and run again.")


if __name__ == "__main__":
    ensure_browser()
