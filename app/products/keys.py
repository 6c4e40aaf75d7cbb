"""Where a product's objects lie in the bucket (product.md §8)."""

from uuid import UUID


def original_key(user_id: UUID, product_id: UUID, file_id: UUID) -> str:
    """What buyers get, and the cover as it was uploaded."""
    return f"users/{user_id}/products/{product_id}/original/{file_id}"


def preview_key(user_id: UUID, product_id: UUID, file_id: UUID) -> str:
    """A sample that visitors may see."""
    return f"users/{user_id}/products/{product_id}/preview/{file_id}"


def picture_key(original: str, width: int) -> str:
    """The web-sized picture made from the cover stored under `original`."""
    return f"{original.replace('/original/', '/preview/')}-{width}.webp"
