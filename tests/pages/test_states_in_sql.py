"""The state in SQL, for counting and filtering, is lifecycle.state_at to the instant."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import db
from app.pages.lifecycle import PageTimes, state_at
from app.pages.queries import STATE
from tests.pages.test_lifecycle import START

moments = st.integers(-3, 3).map(lambda n: START + timedelta(minutes=n))
times = st.builds(
    PageTimes,
    launch_at=moments,
    expires_at=moments,
    published_at=st.none() | moments,
    paused_at=st.none() | moments,
    pause_moves_deadline=st.booleans(),
    ended_at=st.none() | moments,
)


async def test_sql_and_python_agree(app: Any) -> None:
    found: list[PageTimes] = []

    @settings(max_examples=400, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(times)
    def collect(each: PageTimes) -> None:
        found.append(each)

    collect()
    for each in found:
        row = await db.fetch_one(
            f"""SELECT {STATE} AS state FROM (SELECT $2::timestamptz AS launch_at, $3::timestamptz AS expires_at,
                $4::timestamptz AS published_at, $5::timestamptz AS paused_at, $6::bool AS pause_moves_deadline,
                $7::timestamptz AS ended_at) p""",
            START,
            *(getattr(each, name) for name in PageTimes.__dataclass_fields__),
        )
        assert row is not None and row["state"] == state_at(each, START), each
