"""Addresses of pages: visitors' and the console's."""

from litestar import Controller

from app.pages.controllers.console import PageController
from app.pages.controllers.copies import CopyController
from app.pages.controllers.covers import CoverController
from app.pages.controllers.editor import EditorController
from app.pages.controllers.embed import EmbedController
from app.pages.controllers.links import LinkController
from app.pages.controllers.previews import PreviewController
from app.pages.controllers.public import PublicController, set_personal_part
from app.pages.controllers.verbs import VerbController

controllers: list[type[Controller]] = [
    PublicController,
    EmbedController,
    PageController,
    EditorController,
    PreviewController,
    CoverController,
    VerbController,
    CopyController,
    LinkController,
]

__all__ = ["controllers", "set_personal_part"]
