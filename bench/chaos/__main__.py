"""`python -m bench.chaos`: kill and restart every part in the middle of a sale; end with 1 when a promise was broken."""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.stage import DATABASE, environment_of, start_servers


@dataclass(frozen=True)
class Size:
    """Buyers at a time, and for how many seconds; seconds until quiet; how many sales, and pieces in each."""

    buyers: int
    seconds: float
    quiet_seconds: float
    sales: int
    units: int


WHOLE, SMALL = Size(8, 75, 150, 24, 12), Size(4, 4, 60, 4, 5)
# The small rehearsal, in every run of the tests, has one fault of each kind, those that are quick to mend.
SMALL_FAULTS = (
    "web 1 killed",
    "worker 1 killed",
    "connections cut: database",
    "Postgres killed",
)


def rehearse(folder: Path, small: bool, running: ExitStack) -> int:
    """Run the whole of it in `folder`; print what happened and return the exit code."""
    servers = start_servers(folder)
    running.callback(servers.stop)
    os.environ.update(environment_of(servers, folder))
    # Only now: the application reads its settings when it is imported.
    from bench.chaos.faults import all_faults
    from bench.chaos.house import House
    from bench.chaos.loop import Loop
    from bench.chaos.rehearsing import Plan, Rehearsal
    from bench.chaos.scene import open_scene
    from bench.chaos.stripe_account import StripeAccount
    from bench.chaos.telling import tell

    size = SMALL if small else WHOLE
    loop = Loop()
    running.callback(loop.stop)
    seller, sales = loop.run(open_scene(size.sales, size.units))
    stripe = StripeAccount(servers.stripe.base_url, servers.stripe.api_key)
    house = House(folder, dict(os.environ), loop)
    running.callback(house.close)
    house.open()
    faults = all_faults(house, servers, stripe, folder, DATABASE)
    if small:
        faults = [fault for fault in faults if fault.name in SMALL_FAULTS]
    random.shuffle(faults)
    plan = Plan(size.buyers, size.seconds, size.quiet_seconds, hurry=small)
    outcome = Rehearsal(house, stripe, servers.inbox.url, say).run(plan, seller, sales, faults)
    return tell(outcome, house, say)


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--small", action="store_true", help="four faults, for the tests")
    parser.add_argument("--keep", type=Path, help="put data and logs there, and leave them")
    options = parser.parse_args()
    random.seed(options.seed)
    # Our own pool loses its connections too, and says so at length.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    print(f"chaos, seed {options.seed}", flush=True)
    began = time.monotonic()
    with ExitStack() as running:
        folder = options.keep or Path(
            running.enter_context(tempfile.TemporaryDirectory(prefix="mayfly-chaos-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        code = rehearse(folder.resolve(), options.small, running)
    print(f"took {time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
