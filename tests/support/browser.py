"""Chromium for the browser journeys: the system's, else from the system's packages, else Playwright's own.

The headless shell is looked for first: it is the same engine without the windows of a desk's browser, at half the work.
"""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


def _from_packages() -> None:
    """Install the shell where the system has it, else the browser; each only where that is ours to do."""
    if shutil.which("apt-get") is None:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    # A person's browser is good enough, and the machine is theirs.
    if as_root and (find_browser() or shutil.which("sudo") is None):
        return
    # Without a network what there is has to do, and soon.
    apt = [
        *as_root,
        "apt-get",
        "-qq",
        "-o",
        "Acquire::Retries=0",
        "-o",
        "Acquire::http::Timeout=10",
    ]
    install = [*apt, "install", "-y", "--no-install-recommends"]
    if find_browser() is None:
        _try(*apt, "update")
    known = subprocess.run(["apt-cache", "show", SHELL], check=False, capture_output=True)
    if known.returncode == 0 and _try(*install, SHELL):
        return
    if find_browser() is None:
        _try(*install, "chromium")


def ensure_browser() -> None:
    """Install a Chromium where there is none, or none that is quick. Raises SystemExit when that can't be done."""
    if "MAYFLY_CHROMIUM" in os.environ or shutil.which(SHELL):
        return
    _from_packages()
    if find_browser() is None and not _try(
        sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"
    ):
        raise SystemExit("The browser journeys need Chromium: install it and run again.")


if __name__ == "__main__":
    ensure_browser()
