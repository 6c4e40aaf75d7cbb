"""`/console/staff`: finding a user, a page or an order."""

from litestar import Response, get
from litestar.di import NamedDependency as Named

from app.auth.finding import find_users
from app.core.rendering import page
from app.core.searching import clean_search
from app.orders.finding import find_orders
from app.pages.finding import find_pages
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.noting import Actor

SHORTEST = 2


class SearchController(StaffController):
    path = HOME

    @get()
    async def show(self, request: Request_, actor: Named[Actor]) -> Response[str]:
        search = clean_search(request.query_params.get("q", ""))
        asked = len(search) >= SHORTEST
        if asked:
            await actor.did("searched", query=search)
        return page(
            request,
            "staff/search.html",
            search=search,
            asked=asked,
            users=await find_users(search) if asked else [],
            pages=await find_pages(search, actor.now) if asked else [],
            orders=await find_orders(search) if asked else [],
        )
