"""Loads plugins one by one, each tried out first, so that a broken one is skipped with the reason; knows no concrete one."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import lru_cache
from importlib import metadata
from typing import Any

import msgspec
import pluggy
from msgspec import Struct

from milepost.aside import Ended, TookTooLong, aside
from milepost.errors import InvalidInput, PluginFailed
from milepost.plugin_api import API_VERSION, SCOPES, VIEWS, Connector, Exporter, Importer, Inbox, Notifier
from milepost.plugin_api import hooks as plugin_hooks
from milepost.plugin_places import said
from milepost.plugin_settings import schema
from milepost.plugins import CONNECTED, DATA, IMPORT_COMMANDS, KINDS, Brings, Plugin, Plugins

GROUP = "milepost.plugins"
BUILT_IN = "milepost"
"""The distribution whose plugins come enabled."""
LOAD_TIMEOUT_S = 20.0
MAX_BATCH = 500
MAX_TIMEOUT_S = 300.0
MIN_PULL_S = 60.0

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def installed() -> list[metadata.EntryPoint]:
    """The entry points of every plugin that is installed, in order."""
    return sorted(metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def about(point: metadata.EntryPoint) -> Plugin:
    """What is known of a plugin without running anything of it."""
    package, version = _named(point.dist) if point.dist else (point.value, "")
    return Plugin(
        name=point.name, package=package, version=version, built_in=point.dist is not None and package == BUILT_IN
    )


@lru_cache
def _named(dist: metadata.Distribution) -> tuple[str, str]:
    """The name and the version of a distribution; for each of both, all that it says of itself is read anew."""
    return dist.name, dist.version


def load_plugins(
    entry_points: Iterable[metadata.EntryPoint] | None = None, *, why_not: Callable[[Plugin], str] | None = None
) -> Plugins:
    """Loads every plugin that is installed; one that can't be is listed with the reason.

    `why_not` says of one that it is not to be run at all, and why.
    """
    plugins = Plugins()
    for point in installed() if entry_points is None else sorted(entry_points, key=lambda p: (p.name, p.value)):
        load_plugin(plugins, point, why_not)
    return plugins


def load_plugin(
    plugins: Plugins,
    point: metadata.EntryPoint,
    why_not: Callable[[Plugin], str] | None = None,
    raised: Callable[[Exception], None] | None = None,
) -> Plugin:
    """Loads one plugin beside others; returns what became of it. `raised` is given an error of the plugin's own."""
    plugin = about(point)
    try:
        if any(point.name == known.name for known in plugins.all):
            raise PluginFailed(f"another plugin is called `{point.name}` too: rename one of them")
        if why_not is not None and (reason := why_not(plugin)):
            raise PluginFailed(reason)
        plugins.add(plugin, aside(lambda: _brought(point, plugins), LOAD_TIMEOUT_S, f"load {point.name}"))
    except TookTooLong as late:
        words = f"loading it {late}: nothing may wait where a module is imported, or in its hooks"
        plugins.all.append(msgspec.structs.replace(plugin, problem=words))
    except (PluginFailed, Ended) as error:
        plugins.all.append(msgspec.structs.replace(plugin, problem=str(error)))
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its own
        plugins.all.append(msgspec.structs.replace(plugin, problem=said(error)))
        if raised is not None:
            raised(error)
    return plugins.all[-1]


def _brought(point: metadata.EntryPoint, known: Plugins) -> dict[str, dict[str, Any]]:
    """What one plugin brings, by kind and name, tried out in a manager of its own."""
    module = point.load()
    _check_version(module)
    manager = pluggy.PluginManager("milepost")
    manager.add_hookspecs(plugin_hooks)
    manager.register(module, name=point.name)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        names = ", ".join(sorted(name for name in vars(plugin_hooks) if name.startswith("milepost_")))
        raise PluginFailed(f"it has a hook that Milepost does not know: {error}. There are: {names}") from error
    brought: dict[str, dict[str, Any]] = {}
    for kind, about_kind in KINDS.items():
        of_kind = brought[kind] = {}
        for cls in _given(manager, about_kind.hook):
            _check(cls, about_kind)
            name = getattr(cls, about_kind.named_by)
            _check_free(name, kind, known, brought)
            of_kind[name] = cls
    for kind, hook in DATA.items():
        of_kind = brought[kind] = {}
        for name, text in _texts(manager, hook, kind, point.name, known):
            _check_free(name, kind, known, brought)
            of_kind[name] = text
    return brought


def _check_free(name: str, kind: str, known: Plugins, brought: dict[str, dict[str, Any]]) -> None:
    for other in CONNECTED if kind in CONNECTED else (kind,):
        if name in brought.get(other, {}):
            raise PluginFailed(f"it brings `{name}` twice")
        if name in getattr(known, other):
            raise PluginFailed(f"another plugin brings `{name}` already")


def _check_version(module: Any) -> None:
    wanted = getattr(module, "milepost_api", (API_VERSION, API_VERSION))
    if not (isinstance(wanted, tuple) and len(wanted) == 2 and all(isinstance(v, int) for v in wanted)):
        raise PluginFailed(f"`milepost_api` must be two numbers, as in `(1, {API_VERSION})`, not {wanted!r}")
    lowest, highest = wanted
    if lowest > API_VERSION:
        raise PluginFailed(
            f"it needs version {lowest} of the plugin API, and this Milepost has {API_VERSION}: upgrade Milepost, or "
            "install an older version of the plugin"
        )
    if highest < API_VERSION:
        raise PluginFailed(
            f"it knows the plugin API up to version {highest}, and this Milepost has {API_VERSION}: install a newer "
            "version of the plugin"
        )


def _given(manager: pluggy.PluginManager, hook: str) -> list[Any]:
    found: list[Any] = []
    for given in getattr(manager.hook, hook)():
        if inspect.isawaitable(given):
            if inspect.iscoroutine(given):
                given.close()
            raise PluginFailed(f"`{hook}` is a coroutine: define it with `def`, not `async def`")
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise PluginFailed(f"`{hook}` must return a list, and returned {type(given).__name__}")
        found += given
    return found


def _check(given: Any, kind: Brings) -> None:
    if not (isinstance(given, type) and issubclass(given, kind.base)):
        raise PluginFailed(
            f"`{kind.hook}` gave {given!r}, which is no subclass of milepost.plugin_api.{kind.base.__name__}"
        )
    cls: Any = given
    if inspect.isabstract(cls):
        raise PluginFailed(f"{cls.__name__} does not define {', '.join(sorted(cls.__abstractmethods__))}")
    for name in kind.texts:
        if not isinstance(getattr(cls, name, None), str):
            raise PluginFailed(f"{cls.__name__} must set `{name}` to a text")
    name = getattr(cls, kind.named_by)
    if not _NAME.fullmatch(name):
        raise PluginFailed(
            f"{cls.__name__}.{kind.named_by} must be up to 40 lowercase letters, digits and hyphens, not {name!r}"
        )
    if kind.base is Importer and name in IMPORT_COMMANDS:
        raise PluginFailed(
            f"{cls.__name__}.{kind.named_by} can't be {name!r}, which is a command: `milepost import {name}`"
        )
    if not (isinstance(cls.settings, type) and issubclass(cls.settings, Struct)):
        raise PluginFailed(f"{cls.__name__}.settings must be a msgspec.Struct, not {cls.settings!r}")
    try:
        schema(cls.settings)
    except (TypeError, NameError) as error:
        raise PluginFailed(f"{cls.__name__}.settings can't be described: {error}") from error
    for problem in _out_of_bounds(cls):
        raise PluginFailed(f"{cls.__name__}.{problem}")


def _out_of_bounds(cls: Any) -> Iterator[str]:
    """What a connectable class says of itself and may not."""
    if issubclass(cls, Exporter | Importer):
        return
    yield from _not_among("defaults", cls.defaults, "scope", SCOPES)
    if issubclass(cls, Connector):
        yield from _not_among("kinds", cls.kinds, "kind", tuple(VIEWS))
        if cls.delivery not in {"net", "each"}:
            yield f'delivery must be "net" or "each", not {cls.delivery!r}'
        if not isinstance(cls.version, int):
            yield f"version must be a whole number, not {cls.version!r}"
        if not (isinstance(cls.batch, int) and 1 <= cls.batch <= MAX_BATCH):
            yield f"batch must be 1 to {MAX_BATCH}, not {cls.batch!r}"
        if not (isinstance(cls.pull_every_s, int | float) and cls.pull_every_s >= MIN_PULL_S):
            yield f"pull_every_s must be at least {MIN_PULL_S:g}, not {cls.pull_every_s!r}"
    if issubclass(cls, Connector | Notifier):
        if not (isinstance(cls.timeout_s, int | float) and 0 < cls.timeout_s <= MAX_TIMEOUT_S):
            yield f"timeout_s must be above 0 and at most {MAX_TIMEOUT_S:g}, not {cls.timeout_s!r}"
        for name in ("push", "pull", "check") if issubclass(cls, Connector) else ("notify",):
            if not inspect.iscoroutinefunction(getattr(cls, name)):
                yield f"{name} must be defined with `async def`"
    elif issubclass(cls, Inbox) and not (isinstance(cls.max_bytes, int) and cls.max_bytes >= 1):
        yield f"max_bytes must be a whole number from 1, not {cls.max_bytes!r}"


def _not_among(name: str, given: Any, word: str, known: Sequence[str]) -> Iterator[str]:
    if not isinstance(given, Set):
        yield f"{name} must be a set of {word}s, not {given!r}"
    elif unknown := given - set(known):
        yield f"{name} names no {word}: {', '.join(sorted(map(str, unknown)))}. There are: {', '.join(known)}"


def _texts(
    manager: pluggy.PluginManager, hook: str, kind: str, plugin: str, known: Plugins
) -> Iterator[tuple[str, str]]:
    """(id, text) of the data that a plugin brings, each read as it will be. A pack of templates is called as its plugin."""
    from milepost.measures.loading import load_instrument
    from milepost.templates.library import known_twice, load_pack

    packs = [load_pack(text.encode(), name) for name, text in known.templates.items()]

    for place, text in enumerate(_given(manager, hook), 1):
        if not isinstance(text, str):
            raise PluginFailed(f"`{hook}` must return texts, and number {place} is {type(text).__name__}")
        name = f"number {place} of `{hook}`"
        try:
            if kind == "instruments":
                yield load_instrument(text.encode(), name).id, text
            else:
                pack = load_pack(text.encode(), name)
                if twice := known_twice(pack, packs):
                    raise PluginFailed(f"{name} has a template `{twice}`, which there is already: give it another id")
                packs.append(pack)
                yield plugin if place == 1 else f"{plugin}-{place}", text
        except InvalidInput as error:
            raise PluginFailed(str(error)) from error
