"""A small rehearsal in every run of the tests: the sale, the faults and the judge are those of `make chaos`."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.chaos.__main__ import SMALL_FAULTS

ROOT = Path(__file__).parent.parent.parent
PROMISE = "every paid order fulfilled or refunded, none twice"


def test_a_sale_survives_what_is_killed_in_the_middle_of_it() -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.chaos", "--small"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        timeout=240,
    )
    told = done.stdout + done.stderr[-3000:]
    assert done.returncode == 0, told
    assert PROMISE in told
    for fault in SMALL_FAULTS:
        assert f"  {fault}" in told
    fulfilled = re.search(r"^orders fulfilled\s+(\d+)$", told, re.MULTILINE)
    # Each fault was followed by a purchase that went through to the mail.
    assert fulfilled is not None and int(fulfilled[1]) >= len(SMALL_FAULTS), told
