"""Addresses of privacy."""

from litestar import Controller

from app.privacy.controllers.own_data import OwnDataController
from app.privacy.controllers.own_end import KeepingController, OwnEndController
from app.privacy.controllers.policy import PolicyController
from app.privacy.controllers.receipts import ReceiptController

controllers: list[type[Controller]] = [
    PolicyController,
    ReceiptController,
    OwnDataController,
    OwnEndController,
    KeepingController,
]
