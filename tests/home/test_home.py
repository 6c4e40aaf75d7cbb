"""The front door: what strangers and members see, and what stays out of production."""

import re
from typing import Any

import httpx
import pytest

from app.core.settings import get_settings


async def test_a_stranger_is_asked_to_sign_up(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.status_code == 200
    assert 'href="/signup"' in response.text
    assert 'href="/login"' in response.text
    assert "/console/pages" not in response.text


async def test_a_member_is_led_to_their_pages(owner: Any) -> None:
    response = await owner.get("/")
    assert 'href="/console/pages"' in response.text
    assert "/signup" not in response.text


async def test_the_example_counts_by_the_servers_clock(
    client: httpx.AsyncClient, clock: Any
) -> None:
    text = (await client.get("/")).text
    told = {
        name: int(value) for name, value in re.findall(r'data-(deadline|server)-ms="(\d+)"', text)
    }
    assert told["server"] == round(clock.now().timestamp() * 1000)
    assert told["deadline"] > told["server"]


async def test_nothing_on_the_front_door_is_inline_or_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    text = (await client.get("/")).text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", text)
    assert set(re.findall(r'(?:src|href)="([^"#/][^"]*)"', text)) == set()


async def test_the_console_starts_at_the_pages(client: httpx.AsyncClient) -> None:
    response = await client.get("/console")
    assert (response.status_code, response.headers["location"]) == (303, "/console/pages")


async def test_robots_keep_out_of_what_is_personal(client: httpx.AsyncClient) -> None:
    response = await client.get("/robots.txt")
    assert response.headers["content-type"].startswith("text/plain")
    refused = re.findall(r"^Disallow: (.+)$", response.text, re.MULTILINE)
    assert {"/console", "/orders/", "/download", "/d/", "/api/"} <= set(refused)
    assert not any("/p/xyz".startswith(path) for path in refused)


@pytest.mark.parametrize("path", ["/console/styleguide", "/console/styleguide/page"])
async def test_the_style_guide_is_not_for_production(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    assert (await client.get(path)).status_code == 200
    monkeypatch.setattr(get_settings(), "environment", "production")
    assert (await client.get(path)).status_code == 404
