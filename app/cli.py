"""`mayfly`: the commands of an operator and of a developer."""

import argparse
import os
import sys
from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    root = argparse.ArgumentParser(
        prog="mayfly", description="Temporary pages that retire themselves."
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser(
        "up", help="start everything on this machine, servers included (PORT and DATA are read)"
    )
    serve = commands.add_parser(
        "serve", help="the web server, on servers named by MAYFLY_* settings"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000")
    serve.add_argument("--workers", type=int, default=1, help="web processes")
    commands.add_parser("worker", help="a job process, on servers named by MAYFLY_* settings")
    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrate.add_argument(
        "--backwards", default="", metavar="APP", help="undo migrations of one module"
    )
    migrate.add_argument(
        "--to", default="1", metavar="ID", help="down to this one; 1: the last one"
    )
    commands.add_parser("demo", help="make the demo data unless it is there")
    invariants = commands.add_parser(
        "invariants", help="check that stock, orders, refunds and mail agree; mend what is safe"
    )
    invariants.add_argument("--only-look", action="store_true", help="mend nothing")
    retention = commands.add_parser(
        "retention", help="let go of what was kept long enough, as the worker does every night"
    )
    retention.add_argument("--dry-run", action="store_true", help="only say what would go")
    lost = commands.add_parser(
        "two-factor-off", help="let somebody in who has lost both their phone and recovery codes"
    )
    lost.add_argument("email", help="the address of their account")
    commands.add_parser(
        "reseal", help="seal stored secrets with the first of the keys, so that the others can go"
    )
    plans = commands.add_parser("plans", help="the plans that organizations can be on")
    plans.add_argument(
        "what", choices=["list", "push"], help="show them, or make their prices at Stripe"
    )
    commands.add_parser("compilemessages", help="compile the translations")
    return root


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    sys.exit(run(parser().parse_args(arguments)))


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command; each imports only what it needs."""
    from app.commands import accounts, checking, data, plans, serving

    match options.command:
        case "up":
            from app.commands import up

            return up.run()
        case "serve":
            return serving.serve(options.host, options.port, options.workers)
        case "worker":
            return serving.worker()
        case "migrate":
            return data.migrate(options.backwards, options.to)
        case "demo":
            return data.demo()
        case "invariants":
            return checking.invariants(repair=not options.only_look)
        case "retention":
            return checking.retention(dry_run=options.dry_run)
        case "two-factor-off":
            return accounts.two_factor_off(options.email)
        case "reseal":
            return accounts.reseal()
        case "plans":
            return plans.push() if options.what == "push" else plans.show()
        case _:
            return data.compile_messages()


if __name__ == "__main__":
    main()
