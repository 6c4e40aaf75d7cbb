"""The house that the tests of this folder share, module by module: outside of them no worker runs beside the tests.

Imported before the environment is set, so nothing of the application is imported at the top.
"""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def processes(running_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.concurrency.house import open_house

    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
async def house(
    app: Any, owner: Any, stripe_account: Any, processes: Any
) -> AsyncGenerator[Any, None]:
    """Two web processes and a worker, told of payments. Afterwards nothing may be wrong, and nothing under way."""
    from app.core.clock import utc_now
    from app.operations import invariants
    from tests.concurrency.house import idle, until

    await stripe_account.switches(webhook_url=processes.webhook_url)
    yield processes
    processes.check_alive()
    await stripe_account.switches(webhook_url="")
    await until("every job is done", idle)
    report = await invariants.look(utc_now())
    assert report.broken == ()
