"""Finds and loads plugins one by one, so that a broken one is reported and skipped; knows no concrete plugin."""

import asyncio
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from typing import Any

import pluggy
from msgspec import Struct

from milepost import plugin_api
from milepost.errors import NotFound, PluginFailed
from milepost.plugin_api import ExportContext, Exporter, JournalView

GROUP = "milepost.plugins"
RENDER_TIMEOUT_S = 30.0

_FORMAT = re.compile(r"[a-z][a-z0-9-]*")


class Plugin(Struct, frozen=True, kw_only=True):
    """One plugin, loaded or not: `problem` says why not."""

    name: str
    package: str
    version: str
    exporters: tuple[str, ...] = ()
    problem: str = ""


class Exported(Struct, frozen=True):
    """What an exporter wrote."""

    body: bytes
    media_type: str
    file_name: str


class Plugins:
    """The plugins of this installation, and what those that work bring."""

    def __init__(self, plugins: Sequence[Plugin], exporters: dict[str, type[Exporter]]) -> None:
        self.all = list(plugins)
        self.exporters = exporters

    def exporter(self, name: str) -> type[Exporter]:
        """The exporter for a format.

        Raises:
            NotFound: lists the formats there are.

        """
        found = self.exporters.get(name)
        if found is None:
            formats = ", ".join(sorted(self.exporters)) or "none"
            raise NotFound(
                f"No plugin exports `{name}`. Formats here: {formats}. `milepost plugin list` shows problems."
            )
        return found

    def render_now(self, exporter: type[Exporter], view: JournalView, context: ExportContext) -> Exported:
        """Runs an exporter in this thread.

        Raises:
            PluginFailed: it raised, or gave something that is not bytes.

        """
        try:
            body = exporter().render(view, context)
        except Exception as error:
            raise PluginFailed(f"The plugin for `{exporter.format}` failed: {type(error).__name__}: {error}") from error
        if not isinstance(body, bytes):
            raise PluginFailed(f"The plugin for `{exporter.format}` gave {type(body).__name__} and should give bytes.")
        return Exported(body, exporter.media_type, exporter.file_name)

    async def render(self, exporter: type[Exporter], view: JournalView, context: ExportContext) -> Exported:
        """Runs an exporter beside the event loop, for a limited time."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self.render_now, exporter, view, context), RENDER_TIMEOUT_S)
        except TimeoutError:
            raise PluginFailed(
                f"The plugin for `{exporter.format}` took over {RENDER_TIMEOUT_S:.0f} seconds."
            ) from None


def load_plugins(entry_points: Iterable[metadata.EntryPoint] | None = None) -> Plugins:
    """Loads every plugin that is installed; one that can't be is listed with the reason."""
    plugins: list[Plugin] = []
    exporters: dict[str, type[Exporter]] = {}
    taken: set[str] = set()
    found = metadata.entry_points(group=GROUP) if entry_points is None else entry_points
    for point in sorted(found, key=lambda p: (p.name, p.value)):
        dist = point.dist
        about: dict[str, Any] = {
            "name": point.name,
            "package": dist.name if dist else point.value,
            "version": dist.version if dist else "",
        }
        try:
            if point.name in taken:
                raise PluginFailed(f"another plugin is called `{point.name}` too: rename one of them")
            taken.add(point.name)
            brought = _brought(point, exporters)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            words = str(error) if isinstance(error, PluginFailed) else f"{type(error).__name__}: {error}"
            plugins.append(Plugin(**about, problem=words))
            continue
        exporters.update(brought)
        plugins.append(Plugin(**about, exporters=tuple(brought)))
    return Plugins(plugins, exporters)


def _brought(point: metadata.EntryPoint, known: dict[str, type[Exporter]]) -> dict[str, type[Exporter]]:
    """The exporters of one plugin, tried out in a manager of its own."""
    module = point.load()
    manager = pluggy.PluginManager("milepost")
    manager.add_hookspecs(plugin_api)
    manager.register(module, name=point.name)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginFailed(f"it has a hook that Milepost does not know: {error}") from error
    hook: Callable[[], list[Any]] = manager.hook.milepost_exporters
    brought: dict[str, type[Exporter]] = {}
    for given in hook():
        if inspect.isawaitable(given) or not isinstance(given, Sequence):
            raise PluginFailed("`milepost_exporters` must return a list of classes, and must not be a coroutine")
        for cls in given:
            _check_exporter(cls)
            if cls.format in known or cls.format in brought:
                raise PluginFailed(f"another plugin exports `{cls.format}` already")
            brought[cls.format] = cls
    return brought


def _check_exporter(cls: Any) -> None:
    if not (isinstance(cls, type) and issubclass(cls, Exporter)):
        raise PluginFailed(f"`milepost_exporters` gave {cls!r}, which is no subclass of milepost.plugin_api.Exporter")
    if inspect.isabstract(cls):
        raise PluginFailed(f"{cls.__name__} does not define {', '.join(sorted(cls.__abstractmethods__))}")
    for name in ("format", "media_type", "file_name"):
        if not isinstance(getattr(cls, name, None), str):
            raise PluginFailed(f"{cls.__name__} must set `{name}` to a text")
    if not _FORMAT.fullmatch(cls.format):
        raise PluginFailed(f"{cls.__name__}.format must be lowercase letters, digits and hyphens, not {cls.format!r}")
