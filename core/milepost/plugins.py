"""What the plugins of an installation bring, by kind and name, and running exporters; knows no concrete plugin."""

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from milepost import plugin_settings
from milepost.aside import Ended, TookTooLong, aside_async
from milepost.errors import InvalidInput, NotFound, PluginFailed
from milepost.plugin_api import (
    Connectable,
    Connector,
    ExportContext,
    Exporter,
    Importer,
    Inbox,
    JournalView,
    NoSettings,
    Notifier,
)

RENDER_TIMEOUT_S = 30.0


class Brings(NamedTuple):
    """A hook that brings classes: what they subclass, what they are called by, and the texts that each must set."""

    hook: str
    base: type
    named_by: str
    texts: tuple[str, ...]


KINDS = {
    "exporters": Brings("milepost_exporters", Exporter, "format", ("format", "media_type", "file_name")),
    "connectors": Brings("milepost_connectors", Connector, "name", ("name", "title")),
    "inboxes": Brings("milepost_inboxes", Inbox, "name", ("name", "title")),
    "importers": Brings("milepost_importers", Importer, "format", ("format", "title")),
    "notifiers": Brings("milepost_notifiers", Notifier, "name", ("name", "title")),
}
DATA = {"instruments": "milepost_instruments", "templates": "milepost_templates"}
IMPORT_COMMANDS = ("list", "undo")
"""What `milepost import` has beside the formats: no importer can be called so."""
CONNECTED = ("connectors", "inboxes", "notifiers")
"""Kinds that share their names: those of what a connection can be to."""


class Plugin(Struct, frozen=True, kw_only=True):
    """One plugin, loaded or not: `problem` says why not, in words its author can act on."""

    name: str
    package: str
    version: str
    built_in: bool = False
    exporters: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    notifiers: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    problem: str = ""


class Exported(Struct, frozen=True):
    """What an exporter wrote."""

    body: bytes
    media_type: str
    file_name: str


class Plugins:
    """The plugins of this installation, and what those that work bring, by name."""

    def __init__(self) -> None:
        self.all: list[Plugin] = []
        self.exporters: dict[str, type[Exporter[Any]]] = {}
        self.connectors: dict[str, type[Connector[Any]]] = {}
        self.inboxes: dict[str, type[Inbox[Any]]] = {}
        self.importers: dict[str, type[Importer[Any]]] = {}
        self.notifiers: dict[str, type[Notifier[Any]]] = {}
        self.instruments: dict[str, str] = {}
        self.templates: dict[str, str] = {}

    def exporter(self, name: str) -> type[Exporter[Any]]:
        """The exporter for a format.

        Raises:
            NotFound: lists the formats there are.

        """
        if (found := self.exporters.get(name)) is None:
            raise NotFound(
                f"No plugin exports `{name}`. Formats here: {_listed(self.exporters)}. "
                "`milepost plugin list` shows problems."
            )
        return found

    def importer(self, name: str) -> type[Importer[Any]]:
        """The importer for a format.

        Raises:
            NotFound: lists the formats there are.

        """
        if (found := self.importers.get(name)) is None:
            raise NotFound(
                f"No plugin imports `{name}`. Formats here: {_listed(self.importers)}. "
                "`milepost plugin list` shows problems."
            )
        return found

    def connectable(self, name: str) -> type[Connectable[Any]]:
        """What a connection can be to: by its own name, or by that of a plugin that brings no other.

        Raises:
            NotFound: lists the names there are.

        """
        known: dict[str, type[Connectable[Any]]] = {**self.connectors, **self.inboxes, **self.notifiers}
        for plugin in self.all:
            brought = (*plugin.connectors, *plugin.inboxes, *plugin.notifiers)
            if plugin.name == name and name not in known and len(brought) == 1:
                return known[brought[0]]
        if name not in known:
            raise NotFound(
                f"Nothing here is called `{name}` that a connection could be to. There are: {_listed(known)}. "
                "`milepost plugin list` shows what was not loaded, and why."
            )
        return known[name]

    def bringer(self, name: str) -> Plugin:
        """The plugin that brings what is called so, and works.

        Raises:
            NotFound: there is none.

        """
        for plugin in self.all:
            if not plugin.problem and any(name in getattr(plugin, kind) for kind in KINDS):
                return plugin
        raise NotFound(f"No plugin brings `{name}`.")

    def add(self, plugin: Plugin, brought: dict[str, dict[str, Any]]) -> None:
        """A plugin that was loaded, and what it brings."""
        self.all.append(msgspec.structs.replace(plugin, **{kind: tuple(found) for kind, found in brought.items()}))
        for kind, found in brought.items():
            getattr(self, kind).update(found)

    def render_now(self, exporter: type[Exporter[Any]], view: JournalView, context: ExportContext[Any]) -> Exported:
        """Runs an exporter in this thread; where nothing was set, with the settings that it has by itself.

        Raises:
            InvalidInput: it has a setting that must be set, or one that can't be as it is.
            PluginFailed: it raised, or gave something that is not bytes.

        """
        if isinstance(context.settings, NoSettings):
            context = msgspec.structs.replace(context, settings=plugin_settings.read(exporter.settings, {}))
        try:
            body = exporter().render(view, context)
        except InvalidInput:
            raise  # what was asked of it can't be
        except Exception as error:
            raise PluginFailed(f"The plugin for `{exporter.format}` failed: {type(error).__name__}: {error}") from error
        if not isinstance(body, bytes):
            raise PluginFailed(f"The plugin for `{exporter.format}` gave {type(body).__name__} and should give bytes.")
        return Exported(body, exporter.media_type, exporter.file_name)

    async def render(self, exporter: type[Exporter[Any]], view: JournalView, context: ExportContext[Any]) -> Exported:
        """Runs an exporter beside the event loop, for a limited time.

        Raises:
            PluginFailed: it raised, took too long, or gave something that is not bytes.

        """
        try:
            return await aside_async(
                lambda: self.render_now(exporter, view, context), RENDER_TIMEOUT_S, f"export {exporter.format}"
            )
        except (TookTooLong, Ended) as error:
            raise PluginFailed(f"The plugin for `{exporter.format}` failed: {error}.") from error


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"
