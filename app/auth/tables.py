"""Organizations, groups, the users in them, their roles and sessions, and the security log."""

from piccolo.columns import JSONB, UUID, BigInt, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.core.ids import new_id
from app.core.partitions import register_partitioned

# Tables partitioned by raw SQL; Piccolo's automatic migrations must not see them.
PARTITIONED = "partitioned"


class Organization(Table, tablename="organization"):
    """Who owns pages, pays for a plan and has groups. Without an `owner_id` it has no members, or the previous version
    made it: then its first admin is the owner (`organizations.py`)."""

    id = UUID(primary_key=True, default=new_id)
    name = Varchar(length=120)
    owner_id = ForeignKey(
        LazyTableReference("User", module_path=__name__),
        null=True,
        default=None,
        on_delete=OnDelete.restrict,
        index=True,
    )
    created_at = Timestamptz(default=None, null=False)


class Group(Table, tablename="group"):
    """The part of an organization whose members see the same pages, products and orders."""

    id = UUID(primary_key=True, default=new_id)
    organization_id = ForeignKey(Organization, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=120)
    created_at = Timestamptz(default=None, null=False)


class User(Table, tablename="user"):
    """A person who logs in. `email` is kept as typed and unique whatever its case (index in the migration); `zone` is
    where they read times, "" while nobody knows."""

    id = UUID(primary_key=True, default=new_id)
    organization_id = ForeignKey(Organization, null=False, on_delete=OnDelete.restrict, index=True)
    group_id = ForeignKey(Group, null=False, on_delete=OnDelete.restrict, index=True)
    email = Varchar(length=254)
    name = Varchar(length=120)
    password_hash = Text()
    zone = Varchar(length=64)
    verified_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)


class Role(Table, tablename="role"):
    """A role of one group; every group has its own five, so none is ever held across groups."""

    id = UUID(primary_key=True, default=new_id)
    group_id = ForeignKey(Group, null=False, on_delete=OnDelete.cascade, index=False)
    name = Varchar(length=20)


class UserRole(Table, tablename="user_role"):
    """A user holds a role; unique together. Only roles of the user's present group count."""

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=False)
    role_id = ForeignKey(Role, null=False, on_delete=OnDelete.cascade, index=True)
    created_at = Timestamptz(default=None, null=False)


class Session(Table, tablename="session"):
    """One login on one device: a family of refresh tokens, of which only number `generation` is good."""

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True)
    generation = Integer(default=1)
    ip = Varchar(length=45, default=None, null=True)
    user_agent = Varchar(length=300)
    created_at = Timestamptz(default=None, null=False)
    rotated_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
    ended_cause = Varchar(length=20, default=None, null=True)


class TwoFactor(Table, tablename="two_factor"):
    """An authenticator app, on once it was `confirmed_at`. `secret` is sealed; a step of its clock counts once."""

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True, unique=True)
    secret = Text()
    last_step = BigInt(default=0)
    created_at = Timestamptz(default=None, null=False)
    confirmed_at = Timestamptz(default=None, null=True)


class RecoveryCode(Table, tablename="recovery_code"):
    """One of the codes that stand in for a lost authenticator app, once each; only its digest is kept."""

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True)
    digest = Varchar(length=64)
    created_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)


class EmailChange(Table, tablename="email_change"):
    """From one address to another: open until confirmed or cancelled; confirmed, it can be undone `undo_until`."""

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True)
    old_email = Varchar(length=254)
    new_email = Varchar(length=254)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    confirmed_at = Timestamptz(default=None, null=True)
    undo_until = Timestamptz(default=None, null=True)
    cancelled_at = Timestamptz(default=None, null=True)
    undone_at = Timestamptz(default=None, null=True)


class Guess(Table, tablename="guess"):
    """How often something secret was tried, by a digest of what and from where (`guessing.py`)."""

    key = Varchar(length=64, primary_key=True)
    tries = Integer(default=0)
    last_at = Timestamptz(default=None, null=False)
    wait_until = Timestamptz(default=None, null=False)


class SecurityLog(Table, tablename="security_log", tags=[PARTITIONED]):
    """What happened to accounts. Partitioned by month of `created_at`; names no row it could outlive."""

    id = UUID(primary_key=True, default=new_id)
    created_at = Timestamptz(default=None, null=False)
    kind = Varchar(length=40)
    user_id = UUID(default=None, null=True)
    ip = Varchar(length=45, default=None, null=True)
    details = JSONB(default="{}")


register_partitioned("security_log", "created_at")
