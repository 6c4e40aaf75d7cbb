"""Whether an index serves a query, whatever the planner would choose: it has no other index, and may not read all rows."""

from app.core import db

_ALONE = """
UPDATE pg_index SET indisvalid = (indexrelid = $1::regclass)
WHERE indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = $1::regclass)
"""


async def serves(index: str, sql: str, *values: object) -> bool:
    """Whether `index`, were it the only one of its table, narrows down what `sql` reads. An index must be there.

    Statistics, the size of a table and what else it has for indexes say nothing in this.
    """
    async with db.connection() as connection:
        trial = connection.transaction()
        await trial.start()
        try:
            await connection.execute(_ALONE, index)
            await connection.execute("SET LOCAL enable_seqscan = off")
            rows = await connection.fetch(f"EXPLAIN {sql}", *values)
        finally:
            await trial.rollback()
    plan = "\n".join(str(row[0]) for row in rows)
    return f" {index} " in plan.replace("\n", " ") + " " and "Index Cond:" in plan
