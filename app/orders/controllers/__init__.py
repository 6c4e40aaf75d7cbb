"""Routes of orders: the buyer's way from the button to the file, and the seller's console."""

from litestar.types import ControllerRouterHandler

from app.orders.controllers.applying import CodeController
from app.orders.controllers.checkout import CheckoutController
from app.orders.controllers.codes import CodesController
from app.orders.controllers.console import ConsoleOrderController
from app.orders.controllers.download import DownloadController
from app.orders.controllers.order import LinkController, OrderController

controllers: list[ControllerRouterHandler] = [
    CheckoutController,
    CodeController,
    DownloadController,
    OrderController,
    LinkController,
    ConsoleOrderController,
    CodesController,
]
