"""When connections have their turns: as their journals grow, and as it is time; knows no HTTP.

Theory of operation
-------------------
What is due is read off the rows and the logs' ends, now and then, by every server that hosts plugins: that is what
counts. A hint that a journal grew only makes it sooner. A turn is done under the connection's lease, so that it does not
matter how many servers find it due. One connection has one turn at a time; those that are due have theirs in the order
in which they have waited, a few at once, and one that has more to do than a turn holds waits behind the others again.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.database import Database, Query
from milepost.errors import MilepostError, NotFound
from milepost.plugin_api import Connectable, Connector, Inbox, Notifier
from milepost.plugin_settings import read
from milepost_server.access import Access, Admitted
from milepost_server.hosting.calling import Called, Failed
from milepost_server.hosting.connections import (
    NO_MEMBER,
    NOT_GRANTED,
    SQL,
    Kept,
    Overtaken,
    device_of,
    set_status,
    the_connection,
)
from milepost_server.hosting.holding import holding
from milepost_server.hosting.host import Host
from milepost_server.hosting.keyring import Keyring
from milepost_server.hosting.telling import Telling
from milepost_server.hosting.turns import Turn
from milepost_server.journals import Journals
from milepost_server.leases import Lease
from milepost_server.live import Hub
from milepost_server.records import Caller

LOOK_S, LOOK_SHARED_S = 30.0, 5.0
"""Between two looks at what is due, alone on a database and with others."""
TOGETHER_S = 0.05
"""How long hints are gathered before they are acted upon."""
MAX_TURNS = 8
"""Turns at a time."""

_log = logging.getLogger("milepost")

Place = tuple[str, str]
"""(journal, connection)."""


FOR_OWNERS = "Reminders are told to an owner of the journal alone."


class Held(Exception):
    """A connection can't have a turn at the moment: its words say why."""


class Schedule:
    """The connections of a server, and their turns."""

    def __init__(
        self,
        database: Database,
        journals: Journals,
        access: Access,
        hub: Hub,
        host: Host,
        keyring: Keyring,
        *,
        now_ms: Callable[[], int],
    ) -> None:
        self._database, self._journals, self._access, self._hub = database, journals, access, hub
        self.host, self.keyring, self.now_ms = host, keyring, now_ms
        # Alone on its database a server takes up at once what it left when it was killed.
        self.name = "alone" if hub.alone else token_hex(8)
        self._locks: dict[Place, asyncio.Lock] = {}
        self._waiting: OrderedDict[Place, None] = OrderedDict()
        self._woken = asyncio.Event()
        self._first = True
        self._turns = asyncio.Semaphore(MAX_TURNS)
        self._running: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._next_ms = 0

    def begin(self) -> None:
        """From now on what is due is done."""
        self._hub.watchers.append(self.hint)
        self._tasks = [asyncio.create_task(self._work())]

    async def end(self) -> None:
        """Begins no more turns, and ends those under way: what they did not note is done again."""
        if self.hint in self._hub.watchers:
            self._hub.watchers.remove(self.hint)
        for task in (*self._tasks, *self._running):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._running, return_exceptions=True)
        self.host.end()

    def hint(self, _journal: str = "") -> None:
        """Something may be due."""
        self._woken.set()

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience()):
                    await self._woken.wait()
            await asyncio.sleep(TOGETHER_S)
            self._woken.clear()
            try:
                await self._due()
            except MilepostError as error:
                _log.warning("What plugins have to do could not be looked up: %s", error)

    def _patience(self) -> float:
        look = LOOK_S if self._hub.alone else LOOK_SHARED_S
        wait = (self._next_ms - self.now_ms()) / 1000 if self._next_ms else look
        return max(min(wait, look), TOGETHER_S)

    async def _due(self) -> None:
        """Finds what is due, and has it done."""
        if not self._hub.alone:
            await self.host.refresh()
        self._next_ms = 0
        heads: dict[str, int] = {}
        for row in await self._database.read(Query(SQL["active_connections"], {})):
            journal, connection, brings, cursor, walk, due_at, wake_at, pull_at, fingerprint = row
            plugins = self.host.plugins
            cls: Any = plugins.connectors.get(brings) or plugins.notifiers.get(brings)
            if cls is None:
                continue
            if journal not in heads:
                heads[journal] = (await self._journals.store.head(journal)).seq
            times = [at for at in (wake_at, pull_at if _pulls(cls) else 0) if at]
            now = self.now_ms()
            begun = fingerprint if issubclass(cls, Connector) else wake_at
            unsent = self._first or bool(walk) or cursor != heads[journal] or not begun
            wants = unsent or any(at <= now for at in times) or (_pulls(cls) and not pull_at)
            if wants and due_at <= now:
                self._waiting.setdefault((journal, connection))
            for at in [*times, *([due_at] if wants else [])]:
                if at > now:
                    self._next_ms = min(self._next_ms or at, at)
        self._first = False
        while self._waiting:
            await self._turns.acquire()
            place, _ = self._waiting.popitem(last=False)
            task = asyncio.create_task(self._have_turn(place))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _have_turn(self, place: Place) -> None:
        try:
            if await self.turn(*place):
                self._woken.set()
        except Failed:
            self._woken.set()  # when it is to be tried again is in its row
        except (Held, NotFound):
            return  # whatever lets it go on says so
        except MilepostError as error:
            _log.warning("A connection's turn ended early: %s", error)
        except Exception:  # noqa: BLE001 - the others go on
            _log.exception("A connection's turn failed")
        finally:
            self._turns.release()

    async def turn(self, journal: str, connection: str) -> bool:
        """Has a connection's turn done, after one that is under way; returns whether there is more to do.

        Raises:
            Held: it can't have one now.
            Failed: something outside did not work; that is noted, and when it is tried again.

        """
        async with self._locks.setdefault((journal, connection), asyncio.Lock()):
            kept = await self._database.write(the_connection(journal, connection))
            called, by = await self.prepared(kept)
            _check_turn(called.cls, by)
            async with holding(self._database, journal, f"connection {kept.uid}", self.name) as lease:
                if lease is None:
                    raise Held("Another server is at it.")
                try:
                    return await self._turn(called, kept, lease, by)
                except Overtaken:
                    return True

    async def _turn(self, called: Called, kept: Kept, lease: Lease, by: Admitted) -> bool:
        if issubclass(called.cls, Notifier):
            telling = Telling(self._database, self._journals, self.keyring, called, kept, lease, self.now_ms)
            await telling.tell()
            return False
        return await _both(Turn(self._database, self._journals, self.keyring, called, kept, lease, self.now_ms), by)

    async def withdraw(self, journal: str, connection: str) -> None:
        """Takes everything back from outside.

        Raises:
            Held, Failed: as for `turn`.

        """
        async with self._locks.setdefault((journal, connection), asyncio.Lock()):
            kept = await self._database.write(the_connection(journal, connection))
            called, _ = await self.prepared(kept, status="paused")
            if not issubclass(called.cls, Connector):
                raise Held("Nothing of the journal was sent there that could be taken back.")
            async with holding(self._database, journal, f"connection {kept.uid}", self.name) as lease:
                if lease is None:
                    raise Held("Another server is at it. Try again in a moment.")
                try:
                    turn = Turn(self._database, self._journals, self.keyring, called, kept, lease, self.now_ms)
                    await turn.withdraw()
                except Overtaken:
                    raise Held("It was changed meanwhile. Look at it, then try again.") from None

    async def prepared(self, kept: Kept, status: str = "active") -> tuple[Called, Admitted]:
        """What a connection is to, ready to be called, and whom it writes for.

        Raises:
            Held: it is not to be called now, and why.

        """
        if kept.status != status:
            raise Held(kept.reason or f"It is {kept.status}.")
        role = (await self._access.journals(kept.account)).get(kept.journal)
        if role is None:
            await self._hold(kept, NO_MEMBER, granted_by="")
        owner = (await self._access.journals(kept.granted_by)).get(kept.journal) if kept.granted_by else None
        if owner != "owner":
            await self._hold(kept, NOT_GRANTED, status="asks", granted_by="")
        if any(revoked for (revoked,) in await self._database.read(device_of(kept))):
            await self._hold(kept, "The device that it writes as was revoked. Remove it, and connect anew.")
        called = await self.called(kept)
        return called, Admitted(Caller(kept.account, kept.uid, "api"), role or "")

    async def _hold(self, kept: Kept, reason: str, status: str = "paused", **more: Any) -> None:
        held = replace(kept, status=status, reason=reason, **more)
        await self._database.write(set_status(held, None, self.now_ms()))
        raise Held(reason)

    async def called(self, kept: Kept) -> Called:
        """What a connection is to, with its settings.

        Raises:
            Held: the plugin does not run, or its settings can't be used any more.

        """
        try:
            cls: type[Connectable[Any]] = self.host.plugins.connectable(kept.brings)
            plugin = self.host.plugins.bringer(kept.brings)
            text = self.keyring.open(kept.settings, kept.uid, "settings")
            settings = read(cls.settings, msgspec.json.decode(text))
        except MilepostError as error:
            raise Held(str(error)) from error
        own = (await self._journals.state(kept.journal)).state.fields("journal", kept.journal)
        return Called(
            cls=cls,
            settings=settings,
            loop=self.host.loop(plugin.name),
            reach=self.host.reach(plugin.name),
            connection=kept.uid,
            journal=kept.journal,
            scopes=kept.grant.scopes,
            plain=kept.plain,
            time_zone=own.get("time_zone") or "UTC",
            locale=own.get("locale") or "en",
            lines=[],
            hosts=[],
        )


async def _both(turn: Turn, by: Admitted) -> bool:
    """Sends and takes in. What can't be sent keeps nothing from coming in: it may be just what is needed."""
    failed: Failed | None = None
    more = False
    try:
        more = await turn.deliver()
    except Failed as error:
        failed = error
    if turn.pulls:
        await turn.pull(by)
    if failed is not None:
        raise failed
    return more


def _check_turn(cls: type[Connectable[Any]], by: Admitted) -> None:
    """Refuses a turn to what has none.

    Raises:
        Held: says why.

    """
    if issubclass(cls, Inbox):
        raise Held("It takes in what others send, as it comes.")
    if issubclass(cls, Notifier) and by.role != "owner":
        raise Held(FOR_OWNERS)


def _pulls(cls: type[Connectable[Any]]) -> bool:
    return issubclass(cls, Connector) and cls.pull is not Connector.pull
