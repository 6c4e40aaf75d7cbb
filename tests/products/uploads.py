"""The browser's part of an upload, for tests: announce, PUT parts straight to the store, complete."""

import hashlib
from typing import Any
from uuid import UUID

import httpx

from tests.support.wire import wire


async def announce(
    member: Any,
    product_id: UUID,
    data: bytes,
    *,
    name: str = "guide.pdf",
    kind: str = "original",
    content_type: str = "application/pdf",
    sha256: str | None = None,
) -> httpx.Response:
    """POST what a browser says of a file."""
    values = {"name": name, "size": str(len(data)), "content_type": content_type}
    values["sha256"] = hashlib.sha256(data).hexdigest() if sha256 is None else sha256
    return await member.post(f"/console/products/{product_id}/uploads?kind={kind}", data=values)


async def send_parts(plan: dict[str, Any], data: bytes, *, only: int | None = None) -> None:
    """PUT the parts that are not there yet (or just part `only`) to the store."""
    async with wire() as store:
        for part in plan["parts"]:
            if part["done"] or only not in (None, part["number"]):
                continue
            start = (part["number"] - 1) * plan["part_size"]
            piece = data[start : start + plan["part_size"]]
            (await store.put(part["url"], content=piece)).raise_for_status()


async def complete(member: Any, plan: dict[str, Any]) -> httpx.Response:
    return await member.post(plan["complete_url"], data={"etags": "[]"})


async def upload(member: Any, product_id: UUID, data: bytes, **said: Any) -> httpx.Response:
    """Do all of it and return the answer to the completion."""
    answer = await announce(member, product_id, data, **said)
    assert answer.status_code == 201, answer.text
    await send_parts(answer.json(), data)
    return await complete(member, answer.json())
