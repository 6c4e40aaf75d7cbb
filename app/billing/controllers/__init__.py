"""Addresses of billing: the public prices, and the console's billing for admins."""

from app.billing.controllers.changing import ChangingController
from app.billing.controllers.console import BillingController
from app.billing.controllers.prices import PricesController

controllers = [PricesController, BillingController, ChangingController]
