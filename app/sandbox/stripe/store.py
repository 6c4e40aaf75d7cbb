"""Everything the sandbox knows, in one SQLite file: objects as JSON documents, and who asked what."""

import json
import secrets
import sqlite3
import string
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    sequence INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, account TEXT NOT NULL,
    object TEXT NOT NULL, parent TEXT NOT NULL DEFAULT '', body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (account, object, parent, sequence);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT, key TEXT, request TEXT, request_id TEXT, status INTEGER, body TEXT,
    PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL,
    due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS timers (session TEXT PRIMARY KEY, due REAL NOT NULL, action TEXT NOT NULL);
"""
ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe's look: `pi_3Kx…`."""
    return prefix + "_" + "".join(secrets.choice(ALPHABET) for _ in range(length))


class Store:
    """Documents by id and kind; every method is one short statement, committed at once or with the `whole` around it."""

    def __init__(self, path: Path | str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(SCHEMA)

    @contextmanager
    def whole(self) -> Generator[None]:
        """Keep all that is done inside or, when the process is killed, nothing. A refusal is an answer, and keeps its traces.

        Nothing inside may wait: everybody shares the one connection.
        """
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self.db.execute("COMMIT")

    def add(self, account: str, document: Document, parent: str = "") -> Document:
        """Keep a new object; `parent` is the object it is listed by (a session's line items)."""
        self.db.execute(
            "INSERT INTO objects (id, account, object, parent, body) VALUES (?, ?, ?, ?, ?)",
            (document["id"], account, document["object"], parent, json.dumps(document)),
        )
        return document

    def save(self, document: Document) -> Document:
        self.db.execute(
            "UPDATE objects SET body = ? WHERE id = ?", (json.dumps(document), document["id"])
        )
        return document

    def get(self, account: str, kind: str, id: str) -> Document | None:
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND account = ? AND object = ?",
            (id, account, kind),
        ).fetchone()
        return json.loads(row["body"]) if row else None

    def any(self, account: str, id: str) -> Document | None:
        """Any object by its id, of whatever kind."""
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND account = ?", (id, account)
        ).fetchone()
        return json.loads(row["body"]) if row else None

    def account_of(self, id: str) -> str | None:
        row = self.db.execute("SELECT account FROM objects WHERE id = ?", (id,)).fetchone()
        return row["account"] if row else None

    def newest(self, account: str, kind: str, parent: str = "") -> Iterable[Document]:
        """Objects of a kind, newest first, read as they are asked for."""
        rows = self.db.execute(
            "SELECT body FROM objects WHERE account = ? AND object = ? AND (? = '' OR parent = ?) "
            "ORDER BY sequence DESC",
            (account, kind, parent, parent),
        )
        return (json.loads(row["body"]) for row in rows)

    def set_timer(self, session: str, due: float, action: str) -> None:
        self.db.execute("REPLACE INTO timers VALUES (?, ?, ?)", (session, due, action))

    def drop_timer(self, session: str) -> None:
        self.db.execute("DELETE FROM timers WHERE session = ?", (session,))

    def due_timers(self, now: float) -> list[tuple[str, str]]:
        rows = self.db.execute("SELECT session, action FROM timers WHERE due <= ?", (now,))
        return [(row["session"], row["action"]) for row in rows.fetchall()]
