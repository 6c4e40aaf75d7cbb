"""Every field of every form that a page shows, with everything that breaks programs."""

import random
from dataclasses import dataclass
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.attacking import Attack, form_body
from tests.fuzz.discovery import SentForm, unsafe
from tests.fuzz.nasties import ALL, anything

# How many of the picked ones go into each form, and at least into each of its fields.
EACH_FORM = 4
EACH_FIELD = 1
# Sent by scripts with the fields of another form.
SAME_AS = {
    "POST /console/pages/{page_id}/preview": "POST /console/pages/{page_id}/edit",
    "POST /console/pages/{page_id}/draft": "POST /console/pages/{page_id}/edit",
    "DELETE /p/{short_id}/hold": "POST /p/{short_id}/hold/release",
}
# Sent by scripts with fields of their own, after the protocol at the head of `static/js/upload.js`; and what is shown
# only in a state that the world is not in: an address to confirm, a waiting registration, one that was checked in.
ANNOUNCED = (("name", "a.jpg"), ("size", "9"), ("content_type", "image/jpeg"), ("sha256", ""))
SCRIPTED = {
    "POST /console/products/{product_id}/uploads": ANNOUNCED,
    "POST /console/products/{product_id}/uploads/{upload_id}/completion": (("etags", "[]"),),
    "DELETE /console/products/{product_id}/uploads/{upload_id}": (),
    "POST /console/pages/{page_id}/cover": ANNOUNCED,
    "POST /console/pages/{page_id}/cover/{upload_id}/completion": (("etags", "[]"),),
    "DELETE /console/pages/{page_id}/cover/{upload_id}": (),
    "DELETE /console/pages/{page_id}/cover": (),
    "POST /console/account/verification": (),
    # Two-factor is on already, and the codes are shown once, on the answer to a POST.
    "POST /console/account/two-factor/setup": (("password", ""),),
    "POST /console/account/two-factor": (("code", ""),),
    "POST /console/account/two-factor/codes/file": (("code", "abcd-efgh-jkmn-pqrs"),),
    "POST /console/registrations/{registration_id}/promotion": (),
    "DELETE /console/registrations/{registration_id}/check-in": (),
    # Shown to whoever is invited and logged in.
    "POST /invitations/{token}/acceptance": (),
    # Shown while the code is switched off.
    "POST /console/codes/{code_id}/activation": (),
    # Shown for a flag that nobody has set, and for a suspended page.
    "POST /console/staff/flags": (("name", "embedding"), ("percentage", "5")),
    "POST /console/staff/pages/{page_id}/suspension/removal": (),
    # Shown for who has turned two-factor on.
    "POST /console/staff/users/{user_id}/two-factor/removal": (),
    # Shown while no plan is paid for.
    "POST /console/billing/subscription": (("plan", "basic"),),
    # Shown while something is kept that was not saved.
    "POST /console/pages/{page_id}/draft/removal": (),
    # Shown on the preview behind a signed link.
    "POST /p/{short_id}/preview": (("moment", "0"), ("stock", "now")),
}
# Stripe's own; see security/test_webhooks.py.
FORMLESS = {
    "POST /webhooks/stripe",
    "POST /webhooks/bounces",
    "POST /unsubscribe/{token}/again",  # its form is on the answer to a POST
    "POST /console/account/erasure",  # an owner with others hands over first; fuzzed in tests/privacy/test_ending.py
}


@dataclass(frozen=True)
class Target:
    """A form of the application: the first of its kind that was seen."""

    form: SentForm
    name: str


async def targets_of(attack: Attack) -> list[Target]:
    """Return one form for each route and set of fields."""
    found: dict[tuple[str, tuple[str, ...]], Target] = {}
    for _url, page in await attack.pages():
        for form in page.forms:
            path = form.path.partition("?")[0]
            for route in attack.routes:
                if route.method == form.method and route.matches(path):
                    name = str(route)
                    key = (name, tuple(sorted(form.names)))
                    found.setdefault(key, Target(form, name))
                    break
    for route in attack.routes:
        fields = SCRIPTED.get(str(route))
        for target in [one for one in found.values() if SAME_AS.get(str(route)) == one.name]:
            fields = target.form.fields
        if fields is not None:
            path = route.path(next(iter(attack.world.addresses(route))))
            query = "?kind=original" if path.endswith("/uploads") else ""
            form = SentForm(route.method, path + query, fields)
            found[(str(route), tuple(sorted(form.names)))] = Target(form, str(route))
    return [found[key] for key in sorted(found)]


async def _send(attack: Attack, form: SentForm, changes: dict[str, str], htmx: bool) -> int:
    if form.method == "GET":
        pairs = form.replaced(changes)
        url = form.path.partition("?")[0] + "?" + form_body(pairs)[:8000].decode()
        answer = await attack.send("GET", url, headers={"HX-Request": "true"} if htmx else {})
    else:
        answer = await attack.post(form.path, form.replaced(changes), htmx=htmx, method=form.method)
    return answer.status_code


@pytest.fixture
async def targets(attack: Attack) -> list[Target]:
    return await targets_of(attack)


async def test_picked_by_hand(attack: Attack, targets: list[Target]) -> None:
    """Into every form: no unsafe route is without one that leads there, but those that scripts and Stripe send."""
    seen = {target.name for target in targets}
    assert {str(route) for route in unsafe(attack.routes)} - seen == FORMLESS
    nasties = list(ALL)
    random.Random(1).shuffle(nasties)
    source, htmx = cycle(nasties), cycle((False, True))
    attack.answers.clear()
    for target in targets:
        names = (*target.form.names, "unknown")
        for number in range(max(EACH_FORM, EACH_FIELD * len(names))):
            name = names[number % len(names)]
            await _send(attack, target.form, {name: next(source)}, next(htmx))
    # The attack came through: much was refused for what it said, and some was taken.
    assert attack.answers[422] > 40, attack.answers
    assert attack.answers.get(404, 0) < attack.answers[422], attack.answers
    assert attack.answers[303] > 20, attack.answers


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_generated(attack: Attack, targets: list[Target], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(targets))
    names = st.sampled_from((*target.form.names, "unknown", "item", ""))
    changes = data.draw(st.dictionaries(names, anything, min_size=1, max_size=5))
    await _send(attack, target.form, changes, data.draw(st.booleans()))
