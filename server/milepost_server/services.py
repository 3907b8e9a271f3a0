"""Everything a running server is made of, put together once; the routes get it from the application's state."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from milepost import __version__
from milepost.clock import wall_clock_ms
from milepost.database import Database, SqliteDatabase
from milepost.messages import PROTOCOL
from milepost.plugins import Plugins, load_plugins
from milepost.sqlite_store import LOG_SCHEMA, SqliteStore
from milepost.store import LogStore
from milepost_server.access import Access
from milepost_server.gate import Gate
from milepost_server.journals import Journals
from milepost_server.live import Hub
from milepost_server.records import SCHEMA, ensure_account

FILE_NAME = "milepost.sqlite3"


class Services:
    """The server without its HTTP."""

    def __init__(self, database: Database, store: LogStore, plugins: Plugins, *, admin_key: str = "") -> None:
        self.database = database
        self.store = store
        self.plugins = plugins
        self.admin_key = admin_key
        self.hub = Hub()
        self.access = Access(database)
        self.gate = Gate(self.access, (PROTOCOL, PROTOCOL))
        self.journals = Journals(store, database, self.hub)
        self.now_ms: Callable[[], int] = wall_clock_ms
        self.account = ""
        self.version = __version__

    async def begin(self) -> None:
        """Makes the first account if there is none."""
        self.account = await self.database.write(ensure_account("owner", self.now_ms()))


async def open_services(folder: Path, *, admin_key: str = "") -> tuple[Services, SqliteDatabase]:
    """The services on a data folder's SQLite file; close the database when done.

    Raises:
        StorageDamaged, StorageFull: the file can't be used.

    """
    database = SqliteDatabase(folder / FILE_NAME)
    await database.open({"log": LOG_SCHEMA, "server": SCHEMA})
    plugins = await asyncio.to_thread(load_plugins)
    services = Services(database, SqliteStore(database), plugins, admin_key=admin_key)
    database.ending = services.journals.snapshots.end
    await services.begin()
    return services, database
