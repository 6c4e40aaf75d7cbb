"""What the queue remembers: jobs that gave up, with what they were about, and the log of every run."""

from app.core.retaining import Rows

JOBS = (
    Rows("pgqueuer", "status = 'failed' AND updated < $1"),
    Rows("pgqueuer_log", "created < $1"),
)
