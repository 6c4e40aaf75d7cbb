"""`python -m app.sandbox.inbox`: the inbox as a process of its own."""

import argparse
from pathlib import Path

from litestar.di import Provide

from app.sandbox.inbox.mailbox import Mailbox
from app.sandbox.inbox.pages import InboxController
from app.sandbox.inbox.receiving import receiving
from app.sandbox.web import sandbox_app, serve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    options = parser.parse_args()
    mailbox = Mailbox(options.folder)
    app = sandbox_app(
        [InboxController],
        [receiving(mailbox, options.smtp_port)],
        dependencies={"mailbox": Provide(lambda: mailbox, sync_to_thread=False)},
    )
    serve(app, options.port)


main()
