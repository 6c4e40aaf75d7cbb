"""GET /media/samples/{token}: a preview file for visitors."""

from datetime import datetime

from litestar import Controller, get
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Redirect

from app.products.sampling import open_sample


class SampleController(Controller):
    """Preview files under signed addresses that never change; the bytes come from the object store."""

    path = "/media/samples"

    @get("/{token:str}")
    async def show(self, token: FromPath[str], now: Named[datetime]) -> Redirect:
        url = await open_sample(token, now)
        return Redirect(url, status_code=303, headers={"Cache-Control": "no-store"})
