"""Piccolo's engine, made from the settings. Apart from `piccolo_conf.py`, so that tables can be imported in any order."""

from piccolo.engine.postgres import PostgresEngine

from app.core.settings import get_settings

# The name of the node that reports are read from.
REPLICA = "replica"


def _replicas(url: str) -> dict[str, PostgresEngine]:
    return {REPLICA: PostgresEngine(config={"dsn": url}, extensions=())} if url else {}


DB = PostgresEngine(
    config={"dsn": get_settings().database_url},
    extensions=(),
    extra_nodes=_replicas(get_settings().read_replica_url),
)
