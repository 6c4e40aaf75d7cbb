"""`python -m app.sandbox.stripe`: the sandbox as a process of its own."""

import argparse
import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Response
from litestar.di import Provide

from app.sandbox.stripe.api import api
from app.sandbox.stripe.billing.controls import SubscriptionControls
from app.sandbox.stripe.billing.invoice_page import InvoiceController
from app.sandbox.stripe.billing.portal_page import PortalController
from app.sandbox.stripe.controls import ControlsController
from app.sandbox.stripe.dashboard import DashboardController
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.hosted import HostedController
from app.sandbox.stripe.starting import refuse_live
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest, page, sandbox_app, serve


def _show_error(request: AnyRequest, error: ApiError) -> Response[Any]:
    if "text/html" in request.headers.get("accept", ""):
        return page("error.html", error.status, status=error.status, detail=error.message)
    return Response(error.body, status_code=error.status, media_type="application/json")


def create_app(world: World) -> Litestar:
    """The sandbox's API and pages around one world."""
    return sandbox_app(
        [
            api(world),
            HostedController,
            PortalController,
            InvoiceController,
            ControlsController,
            SubscriptionControls,
            DashboardController,
        ],
        [world.running],
        dependencies={"world": Provide(lambda: world, sync_to_thread=False)},
        more_handlers={ApiError: _show_error},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--account", required=True)
    options = parser.parse_args()
    refuse_live(os.environ)
    world = World(options.folder, options.base_url, options.account)
    serve(create_app(world), options.port)


if __name__ == "__main__":
    main()
