import os
from datetime import timedelta
from typing import Any

from playwright.async_api import Browser

from app.auth.cookies import session_cookies
from app.auth.sessions import start_session
from app.core.ids import new_id
from app.pages import pausing
from app.pages.terms import Afterlife
from app.stock import holding
from tests.factories.types import *

H = timedelta(hours=1)
M = timedelta(minutes=1)
OUT = "/tmp/i4a/shots"
os.makedirs(OUT, exist_ok=True)


async def test_photos(owner: Any, app: Any, clock: Any, browser: Browser, web_server: str) -> None:
    now = clock.now()
    v = owner.viewer
    only = os.environ.get("ONLY", "")

    async def shot(name, path, *, member=False, height=844, act=None):
        if only and only not in name:
            return
        for w in (390, 1280):
            ctx = await browser.new_context(
                viewport={"width": w, "height": height},
                base_url=web_server,
                locale="en-GB",
                timezone_id="UTC",
                reduced_motion="reduce",
            )
            if member:
                t = await start_session(v.user_id, clock.now(), ip="127.0.0.1", user_agent="")
                await ctx.add_cookies(
                    [
                        {"name": c.key, "value": c.value or "", "url": web_server}
                        for c in session_cookies(t)
                    ]
                )
            pg = await ctx.new_page()
            pg.on(
                "console",
                lambda m: (
                    print("CONSOLE", name, m.text) if m.type in ("error", "warning") else None
                ),
            )
            r = await pg.goto(path)
            if act:
                await act(pg)
            await pg.wait_for_timeout(300)
            await pg.screenshot(path=f"{OUT}/{name}-{w}.png", full_page=True)
            over = await pg.evaluate("document.documentElement.scrollWidth")
            if over > w or r.status != 200:
                print("CHECK", name, w, r.status, over)
            await ctx.close()

    # countdown
    cd = await make_countdown(
        v,
        now=now,
        target_in=26 * H,
        at_zero={
            "action": "show-message",
            "title": "The drawer is open",
            "content": "Look around, and *take one home*.",
        },
        description="A whole season. **Everything opens at the same second.**",
    )
    sch = await make_page_of(v, "countdown", now=now, launch_at=now + 5 * H, target_at=now + 30 * H)
    red = await make_countdown(
        v,
        now=now,
        target_in=26 * H,
        at_zero={"action": "redirect", "url": "https://shop.example.com/new"},
    )
    frm = await make_countdown(
        v,
        now=now,
        target_in=26 * H,
        at_zero={"action": "show-form", "title": "Who comes along?"},
        by_sms=True,
    )
    pa = await make_countdown(v, now=now, target_in=26 * H)
    await pausing.pause(pa, v.user_id, now, moves_deadline=True)
    ev = await make_event(
        v,
        now=now,
        fields=[
            {
                "key": "m",
                "label": "What do you draw with?",
                "kind": "choice",
                "required": True,
                "options": ["Pencil", "Ink"],
            }
        ],
        maximum_quantity=4,
        post_event_content="The sheets hang **until Sunday**.",
    )
    full = await make_event(v, now=now, capacity=2, waitlist=False)
    await holding.buy(
        {full.stock_id: 2}, hold_id=new_id(), topic=full.topic, buyer_key="a", now=now
    )
    wait = await make_event(v, now=now, capacity=2)
    await holding.buy(
        {wait.stock_id: 2}, hold_id=new_id(), topic=wait.topic, buyer_key="a", now=now
    )
    clo = await make_event(
        v,
        now=now,
        starts_in=26 * H,
        closes_at=now + 25 * H,
        place={"kind": "virtual", "platform": "zoom", "link": "https://zoom.us/j/1"},
    )
    esch = await make_event(v, now=now, launch_at=now + 5 * H)
    of = await make_offer(
        v,
        now=now,
        expires_at=now + 30 * H,
        bonus="A fourth sheet, **signed**.",
        after={"action": "show-alternate", "content": "The early birds have *flown*."},
        afterlife=Afterlife(message="See you in autumn."),
    )
    od = await make_offer(
        v,
        now=now,
        expires_at=now + 30 * H,
        after={"action": "redirect", "url": "https://shop.example.com"},
    )
    gone = await make_offer(v, now=now, limit=2, expires_at=now + 30 * H)
    await holding.buy(
        {gone.stock_id: 1}, hold_id=new_id(), topic=gone.topic, buyer_key="a", now=now
    )
    await holding.hold(
        {gone.stock_id: 1},
        hold_id=new_id(),
        topic=gone.topic,
        buyer_key="a",
        now=now,
        until=now + 10 * M,
    )
    P = lambda x: f"/p/{x.short_id}"
    await shot("cd-counting", P(cd))
    await shot("cd-scheduled", P(sch))
    await shot("cd-paused", P(pa))
    await shot("cd-form-before", P(frm))
    await shot("ev-open", P(ev))
    await shot("ev-full", P(full))
    await shot("ev-wait", P(wait))
    await shot("ev-online", P(clo))
    await shot("ev-soon", P(esch))
    await shot("of-selling", P(of))
    await shot("of-held", P(gone))
    await shot("emb-cd", P(cd) + "/embed", height=500)
    await shot("emb-of", P(of) + "/embed", height=500)
    await shot("emb-ev", P(ev) + "/embed", height=500)
    d1 = await make_draft_of(v, "countdown", now=now)
    d2 = await make_draft_of(
        v,
        "event-registration",
        now=now,
        fields=[
            {
                "key": "m",
                "label": "What do you draw with?",
                "kind": "choice",
                "required": True,
                "options": ["Pencil", "Ink"],
            }
        ],
    )
    d3 = await make_draft_of(v, "limited-offer", now=now, code="X")
    for n, d in (("cd", d1), ("ev", d2), ("of", d3)):
        await shot(f"con-{n}-edit", f"/console/pages/{d.id}/edit", member=True)
    for n, d in (("cd", cd), ("ev", ev), ("of", of)):
        await shot(f"con-{n}-show", f"/console/pages/{d.id}", member=True)
    await shot("con-new", "/console/pages/new", member=True)
    await shot("con-list", "/console/pages", member=True)
    clock.advance(25 * H + 30 * M)
    await shot("ev-closed", P(clo))
    clock.advance(40 * M)
    await shot("cd-reached", P(cd))
    await shot("cd-form", P(frm))
    await shot("ev-started", P(clo))
    clock.advance(5 * H)
    await shot("ev-over", P(clo))
    await shot("of-over", P(of))
    await shot("emb-over", P(of) + "/embed", height=500)
    clock.advance(timedelta(days=26))
