"""Everything that Mayfly needs around it, on this machine: what to start, and the settings that lead there."""

import os
import sys
from collections.abc import Iterator

from app.sandbox.data_folder import DataFolder
from app.sandbox.inbox.starting import start_inbox
from app.sandbox.object_store import start_object_store
from app.sandbox.postgres import create_database, start_postgres
from app.sandbox.process import HOST, Child, claim_port, wait_for_port
from app.sandbox.secrets_file import Secrets, load_secrets
from app.sandbox.stripe.starting import refuse_live, start_stripe
from app.sandbox.supervisor import Program

DATABASE = "mayfly"
BUCKET = "mayfly"
ACCESS_KEY = "mayfly"
STRIPE_ACCOUNT = "mayfly"
WEBHOOK_PATH = "/webhooks/stripe"
OFFSETS = {
    "the web server": 0,
    "the S3 server": 1,
    "the Stripe sandbox": 2,
    "the mail inbox": 3,
    "the mail server": 4,
    "Postgres": 5,
}


class Embedded:
    """The servers on `port` and the five after it, with their data in `folder`."""

    def __init__(self, folder: DataFolder, port: int) -> None:
        refuse_live(os.environ)
        self.folder = folder
        self.port = port
        self.secrets: Secrets = load_secrets(folder.path)
        self.base_url = f"http://{HOST}:{port}"
        # With a test key of one's own, Stripe's test mode is used and no sandbox starts.
        self.own_stripe = bool(os.environ.get("MAYFLY_STRIPE_API_KEY"))
        self.environment: dict[str, str] = dict(os.environ)

    def ports(self) -> dict[str, int]:
        return {owner: self.port + offset for owner, offset in OFFSETS.items()}

    def servers(self) -> Iterator[Program]:
        """The servers around the application, in the order in which they start."""
        yield Program("Postgres", self._postgres, self.folder.path / "postgres" / "server.log")
        yield Program("The S3 server", self._object_store, self.folder.log("s3"))
        if not self.own_stripe:
            yield Program("The Stripe sandbox", self._stripe, self.folder.log("stripe"))
        yield Program("The mail inbox", self._inbox, self.folder.log("inbox"))

    def application(self) -> Iterator[Program]:
        """The worker and the web server, which need the settings that the servers gave."""
        yield Program("The worker", self._worker, self.folder.log("worker"))
        yield Program("The web server", self._web, self.folder.log("web"))

    def _postgres(self) -> Child:
        server = start_postgres(self.folder.path / "postgres", self.port + 5)
        self._set(DATABASE_URL=create_database(server, DATABASE), ENVIRONMENT="development")
        self._set(BASE_URL=self.base_url, SECRET_KEYS=self.secrets.signing_key)
        return server.child

    def _object_store(self) -> Child:
        store = start_object_store(
            self.folder.path / "objects",
            access_key=ACCESS_KEY,
            secret_key=self.secrets.s3_secret_key,
            bucket=BUCKET,
            port=self.port + 1,
            output=self.folder.log("s3"),
        )
        self._set(S3_ENDPOINT=store.endpoint, S3_REGION=store.region, S3_BUCKET=BUCKET)
        self._set(S3_ACCESS_KEY=ACCESS_KEY, S3_SECRET_KEY=store.secret_key)
        return store.child

    def _stripe(self) -> Child:
        sandbox = start_stripe(
            self.folder.path / "stripe",
            account=STRIPE_ACCOUNT,
            webhook_url=self.base_url + WEBHOOK_PATH,
            webhook_secret=self.secrets.stripe_webhook_secret,
            port=self.port + 2,
            output=self.folder.log("stripe"),
        )
        self._set(STRIPE_API_BASE=sandbox.base_url, STRIPE_API_KEY=sandbox.api_key)
        self._set(STRIPE_WEBHOOK_SECRET=self.secrets.stripe_webhook_secret)
        return sandbox.child

    def _inbox(self) -> Child:
        inbox = start_inbox(
            self.folder.path / "inbox",
            port=self.port + 3,
            smtp_port=self.port + 4,
            output=self.folder.log("inbox"),
        )
        self._set(SMTP_HOST=inbox.smtp_host, SMTP_PORT=str(inbox.smtp_port), SMTP_TLS="none")
        self._set(SMS_URL=f"{inbox.url}/sms")
        return inbox.child

    def _worker(self) -> Child:
        command = [sys.executable, "-m", "app.worker"]
        return Child(command, env=self.environment, output=self.folder.log("worker"))

    def _web(self) -> Child:
        claim_port(self.port, "the web server")
        command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
        command += ["--host", HOST, "--port", str(self.port), "--no-access-log"]
        command += ["--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown", "3"]
        command += ["--http", "app.core.patience:PatientProtocol"]
        child = Child(command, env=self.environment, output=self.folder.log("web"))
        wait_for_port(child, self.port, "The web server")
        return child

    def _set(self, **settings: str) -> None:
        self.environment |= {f"MAYFLY_{name}": value for name, value in settings.items()}
