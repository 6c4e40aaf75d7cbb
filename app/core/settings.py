"""The one place that reads the environment."""

from functools import lru_cache
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-never-in-production"  # noqa: S105


class Settings(BaseSettings):
    """Everything an operator can set, each as `MAYFLY_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="MAYFLY_", extra="ignore")

    environment: Literal["development", "test", "production"] = "development"
    base_url: str = "http://127.0.0.1:8000"
    secret_keys: Annotated[list[str], NoDecode] = Field(default=[DEVELOPMENT_SECRET])
    # What ids of buyers are derived from; "" is the last of `secret_keys`.
    customer_key: str = ""
    trusted_proxies: Annotated[list[str], NoDecode] = Field(default=[])
    # Who runs this installation: these people, once their address is verified, find /console/staff.
    staff_emails: Annotated[list[str], NoDecode] = Field(default=[])
    # Whether they need two-factor for that.
    staff_require_two_factor: bool = False

    database_url: str = "postgresql://postgres@127.0.0.1:5432/mayfly"
    read_replica_url: str = ""
    pool_min: int = 2
    pool_max: int = 10
    redis_url: str = ""

    s3_endpoint: str = "http://127.0.0.1:8001"
    s3_public_endpoint: str = ""
    s3_access_key: str = "mayfly"
    s3_secret_key: str = "mayfly-development"  # noqa: S105
    s3_bucket: str = "mayfly"
    s3_region: str = "us-east-1"
    upload_max_bytes: int = 5 * 1024**3

    stripe_api_key: str = ""
    stripe_api_base: str = ""
    stripe_webhook_secret: str = ""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8004
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    mail_from: str = "Mayfly <hello@mayfly.example>"
    # So many of a message to all leave in a second, by mail and SMS together.
    messages_per_second: int = Field(default=50, ge=1)
    # Where text messages are posted to; "" sends none. See app/notifications/sms.py for what is sent.
    sms_url: str = ""
    sms_api_key: str = ""
    sms_from: str = "Mayfly"
    # What a mail server shows that reports returned mail to /webhooks/bounces; "" takes no reports.
    bounce_token: str = ""

    access_token_minutes: int = Field(default=15, ge=1)
    # A session ends when it was not used for so long, and after `session_days` however busy it is.
    refresh_token_days: int = Field(default=30, ge=1)
    session_days: int = Field(default=365, ge=1)
    # How long the second step of a login may take, and how long links about accounts work.
    login_code_minutes: int = Field(default=10, ge=1)
    reset_link_minutes: int = Field(default=60, ge=1)
    verification_link_days: int = Field(default=14, ge=1)
    address_change_hours: int = Field(default=24, ge=1)
    # So long the old address can take a change of address back.
    address_undo_days: int = Field(default=7, ge=1)
    hold_minutes: int = 15
    download_link_minutes: int = 10
    download_attempts_per_order: int = 20
    download_binding: Literal["network", "strict", "off"] = "network"
    order_link_days: int = 365
    currency: str = "EUR"
    # The plan of everyone who pays for none; an operator who sells no plans names the largest.
    default_plan: str = "free"
    # So long a plan goes on when its renewal was not paid.
    grace_days: int = Field(default=7, ge=1)
    # Who is asked about plans without a price; "" is the sender of all mail.
    sales_email: str = ""
    # How long things are kept (`app/privacy/rules.py`); the daily job lets go of them, and /privacy says so.
    retention_ip_days: int = Field(default=30, ge=1)
    retention_session_days: int = Field(default=30, ge=1)
    retention_security_log_days: int = Field(default=180, ge=1)
    retention_staff_log_days: int = Field(default=730, ge=1)
    retention_message_days: int = Field(default=365, ge=30)
    retention_undelivered_days: int = Field(default=30, ge=1)
    retention_notice_days: int = Field(default=30, ge=1)
    retention_job_days: int = Field(default=90, ge=7)
    retention_payment_event_days: int = Field(default=90, ge=30)
    retention_order_years: int = Field(default=7, ge=1)
    retention_visit_days: int = Field(default=30, ge=2)
    retention_export_days: int = Field(default=7, ge=1)
    # So long an account that is to be erased can still be kept; 0 erases it at once.
    erasure_grace_days: int = Field(default=7, ge=0)
    rate_limits: bool = True
    # So many rehearsals are played at once by all workers together; the others wait in a queue. Each has a pool of its own.
    rehearsals_at_once: int = Field(default=1, ge=1)
    rehearsal_connections: int = Field(default=8, ge=2)
    # So many rehearsals of one organization may wait or run.
    rehearsals_per_organization: int = Field(default=3, ge=1)
    # So many live connections of one address (IPv6: /64) are kept open by each web process.
    streams_per_address: int = Field(default=200, ge=1)
    # Whether nobody gets an account with an address whose mailbox is forgotten after minutes.
    refuse_throwaway_accounts: bool = False

    log_level: str = "INFO"
    log_format: Literal["console", "json"] = "console"
    sentry_dsn: str = ""
    metrics_token: str = ""

    @field_validator("secret_keys", "trusted_proxies", "staff_emails", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()]
            if isinstance(value, str)
            else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: list[str]) -> list[str]:
        for proxy in value:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(
                    f"MAYFLY_TRUSTED_PROXIES: {proxy!r} is neither an IP address (10.0.0.1) nor a network (10.0.0.0/8)."
                ) from None
        return value

    @property
    def lasting_key(self) -> bytes:
        """The key of what must stay the same when `secret_keys` change."""
        return (self.customer_key or self.secret_keys[-1]).encode()

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies can be `Secure`."""
        return self.base_url.startswith("https://")

    @property
    def s3_browser_endpoint(self) -> str:
        """The object store's address as a browser reaches it."""
        return self.s3_public_endpoint or self.s3_endpoint

    @property
    def sandbox_payments(self) -> bool:
        return bool(self.stripe_api_base)


def unsafe_settings(settings: Settings) -> list[str]:
    """Return why these settings must not serve real people; empty when they may. Only production is held to it."""
    problems: list[str] = []
    if settings.stripe_api_base and settings.stripe_api_key.startswith(("sk_live_", "rk_live_")):
        problems.append(
            "MAYFLY_STRIPE_API_BASE points at a sandbox while MAYFLY_STRIPE_API_KEY is a live key."
        )
    elif settings.stripe_api_base and settings.environment == "production":
        problems.append("MAYFLY_STRIPE_API_BASE must be empty: a sandbox takes no money.")
    if settings.environment != "production":
        return problems
    if DEVELOPMENT_SECRET in settings.secret_keys or any(
        len(key) < 32 for key in settings.secret_keys
    ):
        problems.append("MAYFLY_SECRET_KEYS must be set, each key at least 32 characters long.")
    if not settings.secret_keys:
        problems.append("MAYFLY_SECRET_KEYS must hold at least one key.")
    if settings.customer_key == DEVELOPMENT_SECRET or 0 < len(settings.customer_key) < 32:
        problems.append("MAYFLY_CUSTOMER_KEY must be at least 32 characters long, or empty.")
    if urlsplit(settings.base_url).scheme != "https":
        problems.append("MAYFLY_BASE_URL must be an https address.")
    if not settings.stripe_webhook_secret:
        problems.append("MAYFLY_STRIPE_WEBHOOK_SECRET must be set: unsigned webhooks are refused.")
    if not settings.stripe_api_key:
        problems.append("MAYFLY_STRIPE_API_KEY must be set.")
    if settings.s3_secret_key == Settings.model_fields["s3_secret_key"].default:
        problems.append("MAYFLY_S3_SECRET_KEY must be set.")
    if not settings.rate_limits:
        problems.append("MAYFLY_RATE_LIMITS must stay on.")
    return problems


@lru_cache
def get_settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings()
