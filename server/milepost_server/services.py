"""Everything a running server is made of, put together once; the routes get it from the application's state."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from milepost import __version__
from milepost.clock import wall_clock_ms
from milepost.database import Database, SqliteDatabase
from milepost.errors import InvalidInput, MilepostError
from milepost.messages import PROTOCOL
from milepost.plugins import Plugins
from milepost.sqlite_store import LOG_SCHEMA, SqliteStore
from milepost.store import LogStore
from milepost_server.access import Access
from milepost_server.accounts import ensure_account
from milepost_server.data_folder import DataFolder
from milepost_server.gate import Gate
from milepost_server.hosting.host import Host
from milepost_server.hosting.keyring import Keyring
from milepost_server.hosting.schedule import Schedule
from milepost_server.journals import Journals
from milepost_server.live import Hub
from milepost_server.receipts import kept_receipts
from milepost_server.records import SCHEMA

FILE_NAME = "milepost.sqlite3"
PARTS = {"log": LOG_SCHEMA, "server": SCHEMA}


class Services:
    """The server without its HTTP."""

    def __init__(
        self,
        database: Database,
        store: LogStore,
        host: Host,
        keyring: Keyring,
        hub: Hub | None = None,
        *,
        admin_key: str = "",
    ) -> None:
        self.database = database
        self.store = store
        self.host = host
        self.keyring = keyring
        self.admin_key = admin_key
        self.hub = hub or Hub()
        self.access = Access(database, remembers=self.hub.alone)
        self.gate = Gate(self.access, (PROTOCOL, PROTOCOL))
        self.journals = Journals(store, database, self.hub)
        self.now_ms: Callable[[], int] = wall_clock_ms
        self.schedule = Schedule(
            database,
            self.journals,
            self.access,
            self.hub,
            host,
            keyring,
            now_ms=lambda: self.now_ms(),  # noqa: PLW0108 - it may be set
        )
        self.account = ""
        self.version = __version__

    @property
    def plugins(self) -> Plugins:
        """What plugins bring that run here."""
        return self.host.plugins

    async def begin(self) -> None:
        """Makes the first account if there is none."""
        self.account = await self.database.write(ensure_account("owner", self.now_ms()))


class OpenDatabase(Database, Protocol):
    """A database for as long as it is open."""

    closing: list[Callable[[], Awaitable[None]]]

    async def close(self) -> None:
        """Finishes what is under way."""
        ...


async def open_services(
    folder: Path, *, admin_key: str = "", database_url: str = "", safe_mode: bool = False, loopback: bool = True
) -> tuple[Services, OpenDatabase]:
    """The services on the database that was named for a data folder, or on the folder's own; close it when done.

    In `safe_mode` no plugin is loaded. `loopback`: the server is reached on this machine alone, and plugins may connect
    to it.

    Raises:
        StorageDamaged, StorageFull: it can't be used.
        DatabaseAway: it can't be reached.
        InvalidInput: its address makes no sense, or a package is missing.

    """
    receipts = await asyncio.to_thread(kept_receipts, folder)
    keyring = await asyncio.to_thread(Keyring, folder)
    database, store, hub = await _opened(folder, database_url or DataFolder(folder).database())
    host = Host(database, safe_mode=safe_mode, loopback=loopback)
    await host.load()
    services = Services(database, store, host, keyring, hub, admin_key=admin_key)
    services.journals.receipts = receipts
    database.closing.insert(0, services.journals.snapshots.end)
    await services.begin()
    return services, database


async def _opened(folder: Path, url: str) -> tuple[OpenDatabase, LogStore, Hub]:
    if not url:
        own = SqliteDatabase(folder / FILE_NAME)
        await own.open(PARTS)
        return own, SqliteStore(own), Hub()
    needs_postgres()
    from milepost_server.copying import refuse_unfinished
    from milepost_server.postgres import PostgresDatabase
    from milepost_server.postgres_store import PostgresStore
    from milepost_server.shared_hub import SharedHub

    named = PostgresDatabase(url)
    await named.open(PARTS)
    try:
        await refuse_unfinished(named)
    except MilepostError:
        await named.close()
        raise
    hub = SharedHub(named)
    store = PostgresStore(named)
    hub.begin()
    named.closing.append(hub.end)
    return named, store, hub


def needs_postgres() -> None:
    """PostgreSQL is to be used.

    Raises:
        InvalidInput: what speaks to it is not installed.

    """
    if find_spec("asyncpg") is None:
        raise InvalidInput("PostgreSQL needs one more package: `pip install 'milepost[postgres]'`.")
