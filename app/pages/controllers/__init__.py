"""Addresses of pages: visitors' and the console's."""

from litestar import Controller

from app.pages.controllers.public import PublicController, set_personal_part

controllers: list[type[Controller]] = [PublicController]

__all__ = ["controllers", "set_personal_part"]
