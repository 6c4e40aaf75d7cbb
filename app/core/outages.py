"""Whether an error says that the database is away: it was restarted, the connection broke, or none can be had."""

import asyncpg

# asyncpg's words for a pooled connection that broke while somebody had it.
_BROKEN = (
    "connection is closed",
    "connection has been released back to the pool",
    "underlying connection is closed",
)


def is_outage(error: BaseException) -> bool:
    """Return whether trying again in a moment is all there is to do; what was under way has been rolled back."""
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
        return not isinstance(error, asyncpg.QueryCanceledError)
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return True
    if isinstance(error, asyncpg.InternalClientError):
        # How asyncpg says that the server's farewell came between two statements.
        return "cannot switch to state" in str(error)
    if isinstance(error, asyncpg.InterfaceError):
        return any(words in str(error) for words in _BROKEN)
    return isinstance(error, ConnectionError)
