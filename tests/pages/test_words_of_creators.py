"""One Markdown for what creators write: on a page, at a product, in both parts of a mail."""

from typing import Any

from tests.factories.pages import make_page
from tests.factories.products import make_product
from tests.factories.registrations import make_registration
from tests.factories.types import make_event


async def test_a_products_description_keeps_its_lines(owner: Any, client: Any, now: Any) -> None:
    words = "First line\nsecond **bold**\n\n![the cover](https://photos.example/c.jpg)"
    product = await make_product(owner.viewer, now=now, description=words)
    page = await make_page(owner.viewer, now=now, products=[product])
    shown = (await client.get(f"/p/{page.short_id}")).text
    assert "First line<br>" in shown
    assert "second <strong>bold</strong>" in shown
    assert "photos.example/c.jpg" in shown
    assert 'src="https://photos.example' not in shown
    assert "**" not in shown


async def test_a_confirmation_is_the_same_in_both_parts_of_the_mail(
    owner: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    words = "**Bring** a cup\n\n- tea\n- [the map](https://maps.example/x)"
    page = await make_event(owner.viewer, now=now, confirmation_message=words)
    to = f"words-{page.short_id.lower()}@example.com"
    await make_registration(page, now, to)
    await run_jobs()
    [mail] = await inbox(to)
    text = mail["text"].replace("\r\n", "\n")
    assert "Bring a cup\n\n- tea\n- the map (https://maps.example/x)" in text
    assert "<strong>Bring</strong> a cup" in mail["html"]
    assert "<li>tea</li>" in mail["html"]
    assert "**" not in mail["html"] + text


async def test_what_a_field_takes_is_said_beside_it(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now)
    shown = (await owner.get(f"/console/pages/{page.id}/edit")).text
    assert shown.count("Pictures and HTML are shown as text.") >= 3
    assert "Pictures and HTML are shown as text." in (await owner.get("/console/products/new")).text
