"""Pages, what is on them, and what happened to them. Constraints beyond the columns are in the migrations."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.auth.tables import Group, Organization, User
from app.core.ids import new_id
from app.products.tables import Product
from app.stock.tables import DiscountCode, Stock


class Page(Table):
    """One temporary page. Its state is no column: `lifecycle.state_at` computes it from the times. `code_id` is the
    discount code that it hands out itself, in step with its settings (`own_codes.py`)."""

    id = UUID(primary_key=True, default=new_id)
    short_id = Varchar(length=22, null=False, unique=True)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.restrict)
    organization_id = ForeignKey(Organization, null=False, index=True, on_delete=OnDelete.restrict)
    group_id = ForeignKey(Group, null=False, index=True, on_delete=OnDelete.restrict)
    type = Varchar(length=40, null=False)
    title = Varchar(length=120, null=False)
    description = Text(null=False)
    language = Varchar(length=12, null=False, default="en")
    zone = Varchar(length=64, null=False, default="UTC")
    theme = JSONB(null=False, default="{}")
    settings = JSONB(null=False, default="{}")
    afterlife = JSONB(null=False, default="{}")
    launch_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None, index=True)
    published_at = Timestamptz(null=True, default=None)
    paused_at = Timestamptz(null=True, default=None)
    pause_moves_deadline = Boolean(null=False, default=False)
    ended_at = Timestamptz(null=True, default=None)
    ended_cause = Varchar(length=10, null=False, default="")
    stock_id = ForeignKey(Stock, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    successor_id = ForeignKey(
        "self", null=True, default=None, index=True, on_delete=OnDelete.set_null
    )
    code_id = ForeignKey(
        DiscountCode, null=True, default=None, index=False, on_delete=OnDelete.restrict
    )
    cover_key = Varchar(length=300, null=True, default=None)
    cover_size = BigInt(null=False, default=0)
    own_branding = Boolean(null=False, default=False)
    # So many days after its end the registrations are erased; None keeps them until somebody erases them.
    erase_after_days = SmallInt(null=True, default=None)
    version = BigInt(null=False, default=1)
    suspended_at = Timestamptz(null=True, default=None)
    suspended_reason = Varchar(length=1000, null=False, default="")
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)


class PageContent(Table, tablename="page_content"):
    """An item on a page. `amount` is the original price in minor units; `quantity` is what the creator offers of
    it when the inventory is limited per item, and `stock_id` counts it.

    Like the price, `title`, `summary`, `instead` (of a download) and `image` (the product's cover, as products know it) are what the creator put
    on this page: they follow the product when the page is saved, not behind its back.
    """

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=True, on_delete=OnDelete.cascade)
    kind = Varchar(length=20, null=False, default="product")
    product_id = ForeignKey(Product, null=False, index=True, on_delete=OnDelete.restrict)
    position = SmallInt(null=False, default=0)
    title = Varchar(length=200, null=False)
    summary = Text(null=False)
    instead = Text(null=False, default="")
    image = Varchar(length=500, null=False, default="")
    amount = BigInt(null=False)
    currency = Varchar(length=3, null=False)
    quantity = Integer(null=True, default=None)
    stock_id = ForeignKey(Stock, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    created_at = Timestamptz(null=False)


class PageTransition(Table, tablename="page_transition"):
    """One recorded change of a page's state. `cause` is hand, time or limit; unique by page, new state and time."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    from_state = Varchar(length=10, null=False)
    to_state = Varchar(length=10, null=False)
    at = Timestamptz(null=False)
    cause = Varchar(length=10, null=False)
    user_id = ForeignKey(User, null=True, default=None, index=False, on_delete=OnDelete.set_null)
    recorded_at = Timestamptz(null=False)


class PageChange(Table, tablename="page_change"):
    """One line of the public change log: deadline, stock, price or discount, after publication."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=10, null=False)
    subject = Varchar(length=200, null=False, default="")
    before = Varchar(length=80, null=False)
    after = Varchar(length=80, null=False)
    currency = Varchar(length=3, null=False, default="")
    at = Timestamptz(null=False)
    user_id = ForeignKey(User, null=True, default=None, index=False, on_delete=OnDelete.set_null)


class ShareLink(Table, tablename="share_link"):
    """A share link: one a page and source. What it gives never changes; it can be stopped, and go on.

    It opens the page `early_minutes` before the launch, and takes `discount_percent` off its prices, until `use_before`;
    `stock_id` counts its uses. `opened_early_at` is when somebody first came in before the launch. `views` are visits,
    `visitors` counts each of them once a day.
    """

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.restrict)
    source = Varchar(length=40, null=False)
    early_minutes = Integer(null=True, default=None)
    discount_percent = SmallInt(null=False, default=0)
    use_before = Timestamptz(null=True, default=None)
    stock_id = ForeignKey(Stock, null=True, default=None, index=False, on_delete=OnDelete.restrict)
    stopped_at = Timestamptz(null=True, default=None)
    stopped_by = ForeignKey(User, null=True, default=None, index=False, on_delete=OnDelete.set_null)
    opened_early_at = Timestamptz(null=True, default=None)
    views = BigInt(null=False, default=0)
    visitors = BigInt(null=False, default=0)
    created_at = Timestamptz(null=False)


class ShareLinkVisitor(Table, tablename="share_link_visitor"):
    """That somebody visited by a link on a day. `id` is a keyed digest of both and of who it was, so that a second visit is
    known; it leads back to nobody, and is forgotten once the day is over."""

    id = UUID(primary_key=True, default=new_id)
    link_id = ForeignKey(ShareLink, null=False, index=True, on_delete=OnDelete.cascade)
    seen_at = Timestamptz(null=False, index=True)


class VisitorSalt(Table, tablename="visitor_salt"):
    """What visitors of a day are recognized with, in whatever zone it is that day; deleted once it is over."""

    day = Date(primary_key=True, null=False)
    salt = Bytea(null=False)
    created_at = Timestamptz(null=False)


class PageDraft(Table, tablename="page_draft"):
    """What somebody typed into the editor and has not saved, as the form sends it: right or wrong. One a page and user."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    user_id = ForeignKey(User, null=False, index=True, on_delete=OnDelete.cascade)
    form = JSONB(null=False)
    version = BigInt(null=False)
    kept_at = Timestamptz(null=False)
