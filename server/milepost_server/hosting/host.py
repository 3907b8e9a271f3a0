"""The plugins of a server: which may run, their loops, and what is known of them; knows no connection.

What came with Milepost runs unless an admin disables it; anything else runs once an admin enables it. One that is not to
run is not even imported. Of several servers on one database each looks now and then what the others were told.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

from msgspec import Struct

from milepost.connection_messages import Brought, ConnectableKind, PluginEntry
from milepost.database import Database, Query, Work, unit
from milepost.errors import MilepostError, NotFound
from milepost.plugin_api import Connectable
from milepost.plugin_loading import installed, load_plugins
from milepost.plugin_settings import schema
from milepost.plugins import Plugin, Plugins
from milepost_server.hosting.connections import SQL
from milepost_server.hosting.loops import GRACE_S, MAX_ABANDONED, PluginLoop
from milepost_server.hosting.outside import Reach

SAFE_MODE = "the server runs in safe mode: no plugin is loaded"
NOT_ENABLED = "it is not enabled: `milepost plugin enable {name}`"

_log = logging.getLogger("milepost")


class Told(Struct, frozen=True):
    """What an admin said of a plugin."""

    enabled: bool
    private_hosts: bool = False
    reason: str = ""


class Host:
    """Loads plugins as an admin allows, and runs their calls."""

    def __init__(self, database: Database, *, safe_mode: bool = False, loopback: bool = False) -> None:
        self._database = database
        self.safe_mode = safe_mode
        self.loopback = loopback
        """Whether the server itself listens on loopback alone: then plugins may connect there."""
        self.plugins = Plugins()
        self.points: Callable[[], list[metadata.EntryPoint]] = installed
        """Finds the plugins that are installed."""
        self._told: dict[str, Told] = {}
        self._loops: dict[str, PluginLoop] = {}
        self.grace_s = GRACE_S
        self._changing = asyncio.Lock()
        self._given_up: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Loads every plugin that may run."""
        async with self._changing:
            self._told = await self._read()
            self.plugins = await asyncio.to_thread(lambda: load_plugins(self.points(), why_not=self._why_not))

    async def refresh(self) -> None:
        """Loads anew, where another server was told something."""
        if not self.safe_mode and await self._read() != self._told:
            await self.load()

    async def _read(self) -> dict[str, Told]:
        rows = await self._database.read(Query(SQL["plugin_settings"], {}))
        return {name: Told(bool(enabled), bool(private), reason) for name, enabled, private, reason in rows}

    def _why_not(self, plugin: Plugin) -> str:
        told = self._told.get(plugin.name, Told(enabled=plugin.built_in))
        if self.safe_mode:
            return SAFE_MODE
        return "" if told.enabled else told.reason or NOT_ENABLED.format(name=plugin.name)

    async def set(self, name: str, told: Told, now: int) -> PluginEntry:
        """Enables or disables a plugin, at once.

        Raises:
            NotFound: none of that name is installed.

        """
        if not any(point.name == name for point in self.points()):
            raise NotFound(f"No plugin `{name}` is installed here. `milepost plugin list` shows those there are.")
        await self._database.write(_set_plugin(name, told, now))
        if (loop := self._loops.pop(name, None)) is not None:
            loop.end()
        await self.load()
        return next(entry for entry in self.entries() if entry.name == name)

    def loop(self, plugin: str) -> PluginLoop:
        """The loop that runs a plugin's code."""
        if plugin not in self._loops:
            self._loops[plugin] = PluginLoop(plugin, self._give_up, grace_s=self.grace_s)
        return self._loops[plugin]

    def reach(self, plugin: str) -> Reach:
        """What a plugin may connect to."""
        told = self._told.get(plugin)
        return Reach(loopback=self.loopback, private=told is not None and told.private_hosts)

    def _give_up(self, plugin: str) -> None:
        reason = f"it was left hanging {MAX_ABANDONED} times: it blocks its thread, or will not be cancelled"
        _log.error("The plugin %s was disabled: %s", plugin, reason)
        task = asyncio.get_running_loop().create_task(self._disable(plugin, reason))
        self._given_up.add(task)
        task.add_done_callback(self._given_up.discard)

    async def _disable(self, plugin: str, reason: str) -> None:
        private = self._told.get(plugin, Told(enabled=False)).private_hosts
        try:
            await self.set(plugin, Told(enabled=False, private_hosts=private, reason=reason), 0)
        except MilepostError as error:
            _log.warning("The plugin %s could not be disabled: %s", plugin, error)

    def entries(self) -> list[PluginEntry]:
        """Every plugin that is installed, as people are told of it."""
        return [self._entry(plugin) for plugin in self.plugins.all]

    def _entry(self, plugin: Plugin) -> PluginEntry:
        told = self._told.get(plugin.name, Told(enabled=plugin.built_in))
        found = [
            Brought(
                name=name,
                kind=kind,
                title=known.title,
                defaults=sorted(known.defaults),
                settings=schema(known.settings),
            )
            for kind, name, known in _connectables(plugin, self.plugins)
        ]
        return PluginEntry(
            name=plugin.name,
            package=plugin.package,
            version=plugin.version,
            enabled=told.enabled and not self.safe_mode,
            problem=plugin.problem,
            private_hosts=told.private_hosts,
            formats=list(plugin.exporters),
            connects=found,
        )

    def end(self) -> None:
        """Ends what runs."""
        for loop in self._loops.values():
            loop.end()
        self._loops.clear()


_KINDS: tuple[tuple[ConnectableKind, str], ...] = (
    ("connector", "connectors"),
    ("inbox", "inboxes"),
    ("notifier", "notifiers"),
)


def _connectables(plugin: Plugin, of: Plugins) -> Iterator[tuple[ConnectableKind, str, type[Connectable[Any]]]]:
    for kind, several in _KINDS:
        yield from ((kind, name, getattr(of, several)[name]) for name in getattr(plugin, several))


@unit
def _set_plugin(name: str, told: Told, now: int) -> Work[None]:
    values = {"enabled": int(told.enabled), "private_hosts": int(told.private_hosts), "reason": told.reason}
    yield Query(SQL["set_plugin"], {"name": name, **values, "now": now})
