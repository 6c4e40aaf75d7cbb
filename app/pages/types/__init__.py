"""The page types. To add one, copy a folder beside this file and put its `PAGE_TYPE` into `page_types` below.

A type's folder holds its settings, its templates' names and its behaviour; its templates lie in
`templates/pages/<type>/`. Nothing else in the code knows a type's name.
"""

from app.pages.types import countdown, event_registration, flash_sale, limited_offer
from app.pages.types.base import PageType

page_types: dict[str, PageType] = {
    page_type.name: page_type
    for page_type in (
        countdown.PAGE_TYPE,
        flash_sale.PAGE_TYPE,
        event_registration.PAGE_TYPE,
        limited_offer.PAGE_TYPE,
    )
}
