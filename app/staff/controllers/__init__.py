"""Addresses of the staff area."""

from litestar import Controller

from app.staff.controllers.accounts import AccountsController, OrganizationsController
from app.staff.controllers.flags import FlagsController
from app.staff.controllers.log import LogController
from app.staff.controllers.operations import OperationsController
from app.staff.controllers.orders import OrdersController
from app.staff.controllers.pages import PagesController
from app.staff.controllers.plans import PlansController
from app.staff.controllers.retention import RetentionController
from app.staff.controllers.search import SearchController

controllers: list[type[Controller]] = [
    SearchController,
    AccountsController,
    OrganizationsController,
    PagesController,
    OrdersController,
    FlagsController,
    PlansController,
    OperationsController,
    RetentionController,
    LogController,
]
