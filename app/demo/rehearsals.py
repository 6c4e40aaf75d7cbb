"""A rehearsal of the sale that comes tomorrow, asked for like its creator would; the worker plays it."""

from datetime import datetime
from uuid import uuid5

from app.auth.viewer import Viewer
from app.demo.goods import NAMESPACE
from app.demo.sales import SCHEDULED
from app.pages import loading
from app.rehearsal.asking import ask

ID = uuid5(NAMESPACE, "rehearsal")


async def put_up_rehearsal(creator: Viewer, now: datetime) -> None:
    """Ask for it, once."""
    page = await loading.by_id(SCHEDULED.id)
    await ask(ID, page, creator, now, people=60, at_once=10, pieces=1, fickle=10)
