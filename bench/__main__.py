"""`python -m bench [row …]`: print every row of the table; end with 1 when any figure is short of its bound."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from bench.figures import SEPARATOR, SHORT
from bench.stage import stage

# In the order of the table, and how long each may take at most, in seconds: together under ten minutes.
ROWS = {
    "public_page": 60,
    "reservations": 90,
    "free_orders": 60,
    "visitors": 120,
    "lateness": 60,
    "notices": 60,
    "paid_orders": 60,
    "first_visit": 30,
    "queries": 30,
    "memory": 30,
}


def run(row: str, environment: dict[str, str]) -> bool:
    """Run one row, pass its lines on, and return whether none was short."""
    command = [sys.executable, "-m", f"bench.rows.{row}"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            output, _ = process.communicate(timeout=ROWS[row])
        except subprocess.TimeoutExpired:
            process.terminate()
            output, _ = process.communicate()
            output += SEPARATOR.join((row, f"not done in {ROWS[row]} s", "-", SHORT)) + "\n"
    if process.returncode and SHORT not in output:
        output += SEPARATOR.join((row, f"ended with {process.returncode}", "-", SHORT)) + "\n"
    print(output, end="", flush=True)
    return not any(line.endswith(f"{SEPARATOR}{SHORT}") for line in output.splitlines())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], metavar="row", help=", ".join(ROWS))
    wanted = parser.parse_args(arguments).rows or list(ROWS)
    print(SEPARATOR.join(("name", "figure", "bound", "")), flush=True)
    with stage() as environment:
        kept = [run(row, environment) for row in wanted]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
