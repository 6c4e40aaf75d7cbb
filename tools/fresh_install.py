"""Install Mayfly in fresh clones as a new machine would, and say whether the lock held.

Each clone gets another pip: the oldest that Python 3.11 brought, and the newest there is. A newer release of a locked package
is on offer in both, as it is on any day after the lock was made. A control shows that such a release breaks an install which
resolves. Needs the network, and Python 3.11 or newer.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
OLDEST_PIP = "pip==22.3"
NEWEST_PIP = "pip"
# Piccolo asks for pydantic[email]: the extra that an install without --no-deps looks for in the newest release.
OFFERED = "pydantic"
OFFERED_VERSION = "2.999"


def offer_newer_release(folder: Path) -> None:
    """Write a release of a locked package that is newer than the lock, as a wheel that pip finds."""
    folder.mkdir()
    info = f"{OFFERED}-{OFFERED_VERSION}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {OFFERED}\nVersion: {OFFERED_VERSION}\nProvides-Extra: email\n"
    wheel = "Wheel-Version: 1.0\nGenerator: mayfly\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{OFFERED}-{OFFERED_VERSION}-py3-none-any.whl", "w") as file:
        file.writestr(f"{info}/METADATA", metadata)
        file.writestr(f"{info}/WHEEL", wheel)
        file.writestr(f"{info}/RECORD", "")


def run(*command: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=env, text=True, capture_output=True, check=False)


def clone_with(pip: str, folder: Path, env: dict[str, str]) -> None:
    """Clone the last commit and make its environment with the given pip."""
    for command in (
        ("git", "clone", "--quiet", str(ROOT), str(folder)),
        (sys.executable, "-m", "venv", str(folder / ".venv")),
        (str(folder / ".venv/bin/pip"), "install", "-qq", "--upgrade", pip),
    ):
        done = run(*command, folder=folder.parent, env=env)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}:\n{done.stderr}")


def faults_of(folder: Path, env: dict[str, str]) -> list[str]:
    """Run the first command of a new user, less the servers; return what is wrong, nothing when all is well."""
    done = run("make", "setup", f"PYTHON={sys.executable}", folder=folder, env=env)
    if done.returncode != 0:
        return [f"make setup failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"]
    faults = [f"noise: {line}" for line in done.stderr.splitlines()]
    locked = re.search(rf"^{OFFERED}==(\S+)", (folder / "requirements.lock").read_text(), re.M)
    shown = run(".venv/bin/pip", "show", OFFERED, folder=folder, env=env).stdout
    if locked is None or f"\nVersion: {locked[1]}\n" not in shown:
        faults.append(f"{OFFERED} is not the locked release: {shown.splitlines()[1:2]}")
    if run(".venv/bin/mayfly", "--help", folder=folder, env=env).returncode != 0:
        faults.append("mayfly --help fails")
    return faults


def control_holds(folder: Path, env: dict[str, str]) -> bool:
    """Whether resolving beyond the lock fails as it did: else the newer release was never on offer."""
    command = (".venv/bin/pip", "install", "--dry-run", "--require-hashes", "-r")
    done = run(*command, "requirements.lock", folder=folder, env=env)
    return done.returncode != 0 and OFFERED in done.stderr


def main() -> int:
    """Print a line a pip; 1 when one of them, or the control, went wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="mayfly-fresh-") as name:
        top = Path(name)
        offer_newer_release(top / "releases")
        links = f"{os.environ.get('PIP_FIND_LINKS', '')} {top / 'releases'}".strip()
        env = {**os.environ, "PIP_FIND_LINKS": links}
        for label, pip in (("oldest", OLDEST_PIP), ("newest", NEWEST_PIP)):
            began, folder = time.monotonic(), top / label
            clone_with(pip, folder, {**os.environ})
            held = label != "oldest" or control_holds(folder, env)
            faults = faults_of(folder, env)
            if not held:
                faults.append("the control did not fail: no newer release was on offer")
            version = run(".venv/bin/pip", "--version", folder=folder, env=env).stdout.split()[1]
            state = "ok" if not faults else "\n  ".join(["wrong", *faults])
            print(f"{label} pip, {version}: {state} ({time.monotonic() - began:.0f} s)", flush=True)
            wrong += bool(faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
