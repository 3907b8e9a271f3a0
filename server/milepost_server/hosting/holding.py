"""A lease for as long as a turn lasts: taken, kept alive beside it, and released; knows no connection.

It is short, so that another server soon goes on where one was killed, and renewed by a task of its own, so that a slow
call outside does not lose it. A server that hangs loses it, and finds that out where it next notes something.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from milepost.database import Database
from milepost.errors import MilepostError
from milepost_server.leases import Lease, release, renew, take

LEASE_MS = 15_000
RENEW_S = 5.0

_log = logging.getLogger("milepost")


@contextlib.asynccontextmanager
async def holding(database: Database, journal: str, task: str, holder: str) -> AsyncIterator[Lease | None]:
    """The lease, or None while another server has it."""
    lease = await database.write(take(journal, task, holder, LEASE_MS, database.clock))
    if lease is None:
        yield None
        return
    alive = asyncio.create_task(_keep_alive(database, lease))
    try:
        yield lease
    finally:
        alive.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await alive
        await database.write(release(lease))


async def _keep_alive(database: Database, lease: Lease) -> None:
    ours = True
    while ours:
        await asyncio.sleep(RENEW_S)
        try:
            ours = await database.write(renew(lease, LEASE_MS, database.clock))
        except MilepostError as error:
            _log.warning("A lease could not be renewed: %s", error)
