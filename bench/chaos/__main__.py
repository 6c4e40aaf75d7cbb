"""`python -m bench.chaos`: kill and restart every part in the middle of a sale; end with 1 when a promise was broken."""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.stage import DATABASE, environment_of, start_servers

BUYERS, SECONDS, QUIET_SECONDS = 8, 75, 150
SALES, UNITS = 24, 12


def rehearse(folder: Path, running: ExitStack) -> int:
    """Run the whole of it in `folder`; print what happened and return the exit code."""
    servers = start_servers(folder)
    running.callback(servers.stop)
    os.environ.update(environment_of(servers, folder))
    # Only now: the application reads its settings when it is imported.
    from bench.chaos.faults import (
        faults_of_connections,
        faults_of_processes,
        faults_of_servers,
        terminator,
    )
    from bench.chaos.house import House
    from bench.chaos.loop import Loop
    from bench.chaos.rehearsing import Plan, Rehearsal
    from bench.chaos.scene import open_scene
    from bench.chaos.stripe_account import StripeAccount
    from bench.chaos.telling import tell

    loop = Loop()
    running.callback(loop.stop)
    seller, sales = loop.run(open_scene(SALES, UNITS))
    stripe = StripeAccount(servers.stripe.base_url, servers.stripe.api_key)
    house = House(folder, dict(os.environ), loop)
    running.callback(house.close)
    house.open()
    faults = [
        *faults_of_processes(house),
        *faults_of_connections(house, terminator(servers, DATABASE), stripe),
        *faults_of_servers(house, servers, folder),
    ]
    random.shuffle(faults)
    rehearsal = Rehearsal(house, stripe, servers.inbox.url, say)
    outcome = rehearsal.run(Plan(BUYERS, SECONDS, QUIET_SECONDS), seller, sales, faults)
    return tell(outcome, house, say)


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
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
        code = rehearse(folder.resolve(), running)
    print(f"took {time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
