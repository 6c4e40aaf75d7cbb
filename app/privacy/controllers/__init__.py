"""Addresses of privacy."""

from litestar import Controller

from app.privacy.controllers.own_data import OwnDataController
from app.privacy.controllers.policy import PolicyController

controllers: list[type[Controller]] = [PolicyController, OwnDataController]
