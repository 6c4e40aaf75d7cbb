"""Programs of the system that tests use: a browser, which they need, and nginx and Redis, without which some are skipped."""

import os
import shutil
import subprocess

from tests.support.browser import ensure_browser

# Debian's package by the program it brings.
OPTIONAL = {"nginx": "nginx-light", "redis-server": "redis-server"}


def _found(name: str) -> bool:
    return bool(shutil.which(name) or shutil.which(name, path="/usr/sbin"))


def ensure_optional() -> None:
    """Install what is missing where that is ours to do; elsewhere the tests that need it say why they are skipped."""
    missing = [package for name, package in OPTIONAL.items() if not _found(name)]
    if not missing or shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    print("Installing for the tests of several processes:", " ".join(missing), flush=True)
    # The tests start their own on ports of their own; the packages' services stay off.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(
            ["apt-get", *command], check=False, stdout=subprocess.DEVNULL, env=environment
        )


if __name__ == "__main__":
    ensure_browser()
    ensure_optional()
