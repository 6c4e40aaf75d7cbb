"""Chromium for the browser journeys, found among the system's programs.

The headless shell is looked for first: it is the same engine without the windows of a desk's browser, at half the work.
"""

import os
import shutil

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
