"""Piccolo's engine, made from the settings. Apart from `piccolo_conf.py`, so that tables can be imported in any order."""

from piccolo.engine.postgres import PostgresEngine

from app.core.settings import get_settings


def _replicas(url: str) -> dict[str, PostgresEngine]:
    return {"replica": PostgresEngine(config={"dsn": url}, extensions=())} if url else {}


DB = PostgresEngine(
    config={"dsn": get_settings().database_url},
    extensions=(),
    extra_nodes=_replicas(get_settings().read_replica_url),
)
