"""The one file that imports every module: routes, job handlers, and what flows from a lower module to a higher one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from app.analytics import jobs as analytics_jobs
from app.analytics.controllers import controllers as analytics_routes
from app.analytics.counting import count_visits as add_up_visits
from app.auth import jobs as auth_jobs
from app.auth.controllers import controllers as auth_routes
from app.auth.middleware import ViewerMiddleware
from app.auth.security_words import add_words
from app.auth.viewing import LoginRequired, provide_viewer, to_login
from app.billing import jobs as billing_jobs
from app.billing import statements, usage
from app.billing.controllers import controllers as billing_routes
from app.billing.middleware import BannerMiddleware
from app.billing.plans import Limit
from app.core import assets, db, failing, health, partitions
from app.core.clock import utc_now
from app.core.errors import MayflyError
from app.core.forms import MAXIMUM_FIELDS
from app.core.glued import GluedMiddleware
from app.core.head_requests import HeadMiddleware
from app.core.jobs import registry
from app.core.live import bus
from app.core.logging import configure_error_reports, configure_logging
from app.core.middleware import CrossOriginMiddleware, RequestMiddleware
from app.core.patience import LARGEST_BODY
from app.core.replica import replica
from app.core.settings import get_settings, unsafe_settings
from app.home.controllers import controllers as home_routes
from app.notices import jobs as notices_jobs
from app.notices.controllers import controllers as notices_routes
from app.notifications import jobs as notifications_jobs
from app.operations import jobs as operations_jobs
from app.orders import jobs as orders_jobs
from app.orders.controllers import controllers as orders_routes
from app.orders.link_takings import link_takings as order_takings
from app.orders.personal import personal_part
from app.orders.statement import sales_statement
from app.pages import jobs as pages_jobs
from app.pages.controllers import controllers as pages_routes
from app.pages.controllers import set_personal_part
from app.pages.counting import count_visits
from app.pages.front_door import FrontDoor
from app.pages.link_figures import tell_takings
from app.pages.owning import sells_now
from app.pages.public import cache
from app.pages.room import count_pages_now, cover_bytes
from app.pages.visitors import visits
from app.payments import jobs as payments_jobs
from app.payments.controllers import controllers as payments_routes
from app.privacy import jobs as privacy_jobs
from app.privacy.controllers import controllers as privacy_routes
from app.privacy.erasing import also_forget
from app.privacy.rules import add_rules
from app.privacy.security_words import privacy_words
from app.products import jobs as products_jobs
from app.products import promising
from app.products.controllers import controllers as products_routes
from app.products.room import count_products, stored_bytes
from app.registrations import jobs as registrations_jobs
from app.registrations.controllers import controllers as registrations_routes
from app.registrations.counting import most_on_a_page
from app.registrations.link_takings import link_takings as registration_takings
from app.rehearsal import jobs as rehearsal_jobs
from app.rehearsal.controllers import controllers as rehearsal_routes
from app.staff.controllers import controllers as staff_routes
from app.staff.forgetting import RULES as STAFF_RULES
from app.staff.forgetting import forget_person as forget_staff
from app.stock import jobs as stock_jobs
from app.storage import jobs as storage_jobs
from app.storage.controllers import controllers as storage_routes
from app.teams import jobs as teams_jobs
from app.teams.controllers import controllers as teams_routes
from app.teams.queries import count_team_now
from app.teams.security_words import team_words

# Importing a module's jobs registers them.
JOBS = (
    auth_jobs,
    notifications_jobs,
    notices_jobs,
    payments_jobs,
    billing_jobs,
    storage_jobs,
    products_jobs,
    stock_jobs,
    pages_jobs,
    orders_jobs,
    registrations_jobs,
    analytics_jobs,
    teams_jobs,
    privacy_jobs,
    operations_jobs,
    rehearsal_jobs,
)

ROUTES: list[ControllerRouterHandler] = [
    assets.serve_asset,
    assets.favicon,
    health.healthz,
    health.readyz,
    health.metrics,
    *auth_routes,
    *notices_routes,
    *payments_routes,
    *billing_routes,
    *storage_routes,
    *products_routes,
    *pages_routes,
    *orders_routes,
    *registrations_routes,
    *analytics_routes,
    *teams_routes,
    *privacy_routes,
    *staff_routes,
    *rehearsal_routes,
    *home_routes,
]


def provide_now() -> datetime:
    """The edge where a request reads the clock."""
    return utc_now()


@asynccontextmanager
async def _lifespan(_app: Litestar) -> AsyncGenerator[None, None]:
    await db.open_pool()
    await bus.start()
    try:
        yield
    finally:
        await bus.stop()
        await visits.flush()
        await replica.close()
        await db.close_pool()


def register_handlers() -> None:
    """Register what core runs by itself, and what shows a module's part on a lower module's pages."""
    registry.add("core.partitions", partitions.keep_partitions)
    set_personal_part(personal_part)
    add_words(team_words())
    add_words(privacy_words())
    add_rules(STAFF_RULES)
    also_forget(forget_staff)
    visits.hand_to(count_visits)
    visits.hand_to(add_up_visits)
    tell_takings(order_takings)
    tell_takings(registration_takings)
    promising.ask(sells_now)
    usage.register(Limit.ACTIVE_PAGES, count_pages_now)
    usage.register(Limit.PRODUCTS, count_products)
    usage.register(Limit.STORAGE, stored_bytes)
    usage.register(Limit.STORAGE, cover_bytes)
    usage.register(Limit.REGISTRATIONS, most_on_a_page)
    usage.register(Limit.TEAM_SIZE, count_team_now)
    statements.told_by(sales_statement)


def create_app() -> Litestar:
    """Build the web application from the process's settings. Raises RuntimeError when they are unsafe."""
    settings = get_settings()
    if problems := unsafe_settings(settings):
        raise RuntimeError("Unsafe settings: " + " ".join(problems))
    configure_logging(settings)
    configure_error_reports(settings)
    register_handlers()
    web = Litestar(
        route_handlers=ROUTES,
        dependencies={
            "now": Provide(provide_now, sync_to_thread=False),
            "viewer": Provide(provide_viewer),
        },
        middleware=[ViewerMiddleware, BannerMiddleware],
        exception_handlers={
            LoginRequired: to_login,
            MayflyError: failing.expected,
            HTTPException: failing.from_framework,
            Exception: failing.unexpected,
        },
        lifespan=[_lifespan],
        request_max_body_size=LARGEST_BODY,
        multipart_form_part_limit=MAXIMUM_FIELDS,
        openapi_config=None,
        logging_config=None,
    )
    # Around the router, not in it: what no route answers is logged, guarded and refused alike.
    guarded = CrossOriginMiddleware(web.asgi_handler)
    routed = RequestMiddleware(GluedMiddleware(guarded))
    web.asgi_handler = HeadMiddleware(FrontDoor(routed, cache, visits))
    return web
