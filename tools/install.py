"""Install the locked packages and Mayfly itself into a virtual environment, and show how far it is.

`make` runs this with the system's Python, so it imports the standard library alone. pip's own output goes
to a log in the environment; it is shown only when a step fails.
"""

import re
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
# pip names each package once before it writes them all: from an index, from a folder, or there already.
NAMED = ("Collecting ", "Processing ", "Requirement already satisfied: ")
LINES_EVERY = 20


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


class Progress:
    """The count of packages seen so far: one changing line on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.seen, self.on_terminal = total, 0, sys.stdout.isatty()

    def note(self, line: str) -> None:
        if line.startswith(NAMED):
            self.seen += 1
            self._show(f"  {self.seen} of {self.total} packages", self.seen % LINES_EVERY == 0)
        elif line.startswith("Installing collected packages"):
            self._show("  writing the packages into the environment …", True)

    def _show(self, text: str, worth_a_line: bool) -> None:
        if self.on_terminal:
            sys.stdout.write(f"\r\x1b[K{text}")
            sys.stdout.flush()
        elif worth_a_line:
            say(text)

    def end(self) -> None:
        if self.on_terminal:
            sys.stdout.write("\r\x1b[K")
            sys.stdout.flush()


def run(command: list[str], log: Path, progress: Progress | None = None) -> None:
    """Run a step; SystemExit with what it printed when it fails."""
    lines: list[str] = []
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    with log.open("a") as file:
        for line in process.stdout:
            file.write(line)
            lines.append(line)
            if progress:
                progress.note(line)
    if progress:
        progress.end()
    if process.wait() != 0:
        sys.stderr.writelines(lines)
        raise SystemExit(f"The installation failed in: {' '.join(command)}")


def make_environment(folder: Path) -> None:
    """Make the virtual environment unless it is there; SystemExit when Python's venv module is not whole."""
    if (folder / "bin" / "pip").exists():
        return
    say(f"Making a virtual environment in {folder.name} …")
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError) as problem:
        raise SystemExit(
            "Python's venv module is missing or not whole; on Debian and Ubuntu: apt-get install python3-venv"
        ) from problem


def main(folder: Path) -> None:
    """Make the environment, install exactly what the lock names, and check that nothing is missing."""
    began = time.monotonic()
    make_environment(folder)
    log = folder / "install.log"
    log.write_text("")
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "--no-input", "--disable-pip-version-check", "--no-color"]
    install = [*pip, "install", "--progress-bar", "off", "--no-deps"]
    total = len(re.findall(r"^[\w.-]+==", LOCK.read_text(), re.MULTILINE))
    say(f"Installing {total} locked packages (the first time takes a minute or two) …")
    # The lock is whole, so nothing is resolved: pip would ask for extras of newer releases, which have no hash here.
    run([*install, "--require-hashes", "-r", str(LOCK)], log, Progress(total))
    run([*pip, "check"], log)
    run([*install, "--no-build-isolation", "--editable", "."], log)
    run([str(folder / "bin" / "mayfly"), "compilemessages"], log)
    say(f"Installed in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
