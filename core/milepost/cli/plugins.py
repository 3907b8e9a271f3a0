"""`milepost plugin …`: what is installed here, and what this device's server says of it; needs no server."""

from collections.abc import Iterator, Mapping
from typing import Any

from cyclopts import App
from msgspec import Struct, field

from milepost.cli.setting_words import Described
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.connection_messages import PluginEntry
from milepost.errors import MilepostError, NotFound
from milepost.plugin_api import Connectable, Connector, Exporter
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import schema
from milepost.plugins import KINDS, Plugin, Plugins

plugin = App(name="plugin", help="What else Milepost can talk to.")
# What only authors call is loaded when it is called.
for _name, _at, _help in (
    ("new", "plugin_new:plugin_new", "Begin a plugin: a package that installs, with types and tests."),
    ("dev", "plugin_trial:plugin_dev", "Show what a plugin makes of a sample journal, again whenever a file changes."),
    ("check", "plugin_trial:plugin_check", "Look at a plugin from outside; each finding says what to do."),
):
    plugin.command(f"milepost.cli.{_at}", name=_name, help=_help)

BRINGS = {
    "exporters": "export",
    "importers": "import",
    "connectors": "connect",
    "inboxes": "inbox",
    "notifiers": "notify by",
    "instruments": "questionnaire",
    "templates": "templates",
}
"""Kind of what a plugin brings → how that is said."""
ASK_S = 3.0
"""How long a server may take to say what it has; a plugin is listed without."""


class OnServer(Struct, frozen=True, kw_only=True):
    """What the server that this device is paired with says of a plugin; `problem` is why it does not run there."""

    version: str
    enabled: bool
    problem: str


class Listed(Plugin, frozen=True, kw_only=True):
    """A plugin, `here` or only on the server; `server` is null where there is none, it is away, or it has no such plugin."""

    here: bool = True
    server: OnServer | None = None


class Thing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a plugin brings. `settings` is a JSON Schema, `scopes` are offered first, `sees` are the kinds of
    things that a connector has a use for.
    """

    kind: str
    name: str
    title: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    sees: list[str] = field(default_factory=list)
    delivery: str = ""
    media_type: str = ""


class Shown(Struct, frozen=True, kw_only=True):
    """A plugin, and everything that it brings."""

    plugin: Listed
    brings: list[Thing]


@plugin.command(name="list")
def plugin_list() -> None:
    """What is installed here, and what could not be loaded and why; on a paired device, what the server says of each too."""
    found, asked = _listed(load_plugins())

    def show(console: Any) -> None:
        shown = table("plugin", "package", "brings", *(["on the server"] if asked else []), "")
        for one in found:
            brings = ", ".join(f"{word} {name}" for kind, word in BRINGS.items() for name in getattr(one, kind))
            cells = [_on_server(one)] if asked else []
            shown.add_row(one.name, f"{one.package} {one.version}".strip(), brings, *cells, escape(one.problem))
        console.print(shown)

    terminal.answer(found, show)


def _on_server(one: Listed) -> str:
    if one.server is None:
        return "not installed"
    return escape(one.server.problem) or "runs"


def _listed(plugins: Plugins) -> tuple[list[Listed], bool]:
    """Every plugin here, then those that only the server has; and whether the server could be asked."""
    told = _told()
    there = {entry.name: entry for entry in told or ()}
    here = [_with(one, there.get(one.name)) for one in plugins.all]
    names = {one.name for one in here}
    only = [
        _with(Plugin(name=entry.name, package=entry.package, version=entry.version), entry, here=False)
        for entry in there.values()
        if entry.name not in names
    ]
    return [*here, *only], told is not None


def _with(one: Plugin, entry: PluginEntry | None, *, here: bool = True) -> Listed:
    server = OnServer(version=entry.version, enabled=entry.enabled, problem=entry.problem) if entry else None
    own = {name: getattr(one, name) for name in Plugin.__struct_fields__}
    if entry is not None and not here:
        own |= {"problem": "not installed here", "exporters": tuple(entry.formats)}
        for brought in entry.connects:
            kind = {"inbox": "inboxes"}.get(brought.kind, f"{brought.kind}s")
            own[kind] = (*own[kind], brought.name)
    return Listed(**own, here=here, server=server)


def _told() -> list[PluginEntry] | None:
    """What the server says, or None: this device is paired with none, or it is away."""
    try:
        if not terminal.begun or not terminal.device.log.setting("server"):
            return None
        import httpx

        from milepost.certificates import believed
        from milepost.client import HttpServer

        url, token = (terminal.device.log.setting(name) or "" for name in ("server", "token"))
        with httpx.Client(timeout=ASK_S, verify=believed(url)) as http:
            return HttpServer(url, token, http=http).plugins()
    except MilepostError:
        return None


@plugin.command(name="show")
def plugin_show(name: str, /) -> None:
    """Everything about one plugin: what it brings, its settings, what it would be shown.

    Parameters
    ----------
    name
        The plugin, as `milepost plugin list` names it.

    """
    plugins = load_plugins()
    found, asked = _listed(plugins)
    one = next((one for one in found if one.name == name), None)
    if one is None:
        raise NotFound(f"There is no plugin `{name}`. `milepost plugin list` shows those there are.")
    brings = [*_things(one, plugins)] if one.here else [*_things_there(name)]

    def show(console: Any) -> None:
        built_in = ", comes with Milepost" if one.built_in and one.here else ""
        console.print(f"[bold]{escape(one.name)}[/]  {escape(one.package)} {escape(one.version)}{built_in}")
        if one.problem:
            console.print(f"  {escape(one.problem)}")
        if asked:
            console.print(f"  [dim]on the server[/] {_on_server(one)}")
        for thing in brings:
            _show_thing(console, thing)
        for kind in ("instruments", "templates"):
            if names := getattr(one, kind):
                console.print(f"\n{BRINGS[kind]}: {escape(', '.join(names))}")

    terminal.answer(Shown(plugin=one, brings=brings), show)


def _things(one: Plugin, plugins: Plugins) -> Iterator[Thing]:
    for kind in KINDS:
        for name in getattr(one, kind):
            cls: Any = getattr(plugins, kind)[name]
            connects = issubclass(cls, Connectable)
            yield Thing(
                kind=kind,
                name=name,
                title=getattr(cls, "title", ""),
                settings=schema(cls.settings),
                scopes=sorted(cls.defaults) if connects else [],
                sees=sorted(cls.kinds) if issubclass(cls, Connector) else [],
                delivery=cls.delivery if issubclass(cls, Connector) else "",
                media_type=cls.media_type if issubclass(cls, Exporter) else "",
            )


def _things_there(name: str) -> Iterator[Thing]:
    for entry in _told() or ():
        if entry.name == name:
            yield from (Thing(kind="exporters", name=named) for named in entry.formats)
            for one in entry.connects:
                kind = {"inbox": "inboxes"}.get(one.kind, f"{one.kind}s")
                scopes: list[str] = [*one.defaults]
                yield Thing(kind=kind, name=one.name, title=one.title, settings=one.settings, scopes=scopes)


def _show_thing(console: Any, thing: Thing) -> None:
    console.print(f"\n{BRINGS[thing.kind]} [bold]{escape(thing.name)}[/]  {escape(thing.title or thing.media_type)}")
    if thing.scopes:
        console.print(f"  [dim]is shown first[/]  {', '.join(thing.scopes)}")
    if thing.sees:
        console.print(f"  [dim]has a use for[/]   {', '.join(thing.sees)}")
    _show_settings(console, thing.settings)


def _show_settings(console: Any, settings: Mapping[str, Any]) -> None:
    described = Described(settings)
    if not described.fields:
        return
    shown = table("setting", "", "", "")
    for name in described.fields:
        default = described.default(name)
        needed = "needed" if name in described.required else f"else {default}" if default not in (None, "") else ""
        form = "secret" if described.is_secret(name) else described.form(name)
        shown.add_row(escape(name), escape(form), needed, escape(described.about(name)))
    console.print(shown)
