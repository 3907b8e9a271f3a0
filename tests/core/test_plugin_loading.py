"""A hostile set of plugins: each is skipped for a reason that its author can act on, and nothing else notices."""

import time
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from milepost import plugin_loading
from milepost.plugin_api import API_VERSION, VIEWS, ExportContext, JournalView
from milepost.plugin_loading import load_plugin, load_plugins
from milepost.plugins import Plugin, Plugins
from tests.plugin_makers import EXPORTER, HEAD, Maker

HOOKS = ", ".join(
    f"milepost_{kind}"
    for kind in ("connectors", "exporters", "importers", "inboxes", "instruments", "notifiers", "templates")
)
FINE = "def render(self, view, context): return b''"
CONNECTOR = """
class One(Connector):
    name, title = "one", "Carries."
    {more}
    def hosts(self, settings): return []
    async def push(self, changes, context): return []
@hookimpl
def milepost_connectors(): return [One]
"""
NOTIFIER = """
class One(Notifier):
    name, title = "one", "Tells."
    {more}
    def hosts(self, settings): return []
    async def notify(self, message, context): ...
@hookimpl
def milepost_notifiers(): return [One]
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Maker(tmp_path)


def hook(body: str, name: str = "exporters") -> str:
    return f"{HEAD}@hookimpl\ndef milepost_{name}():\n    {body}\n"


def exporter(body: str) -> str:
    return f"{HEAD}class One(Exporter):\n    {body}\n@hookimpl\ndef milepost_exporters(): return [One]\n"


def texts(**of: str) -> str:
    return "; ".join(f"{name} = {value}" for name, value in of.items()) + f"\n    {FINE}"


UNKNOWN = "unknown hook 'milepost_exportres' in plugin <module '{module}' from '{file}'>"
ARGUMENT = (
    "PluginValidationError: Plugin 'broken' for hook 'milepost_exporters'\nhookimpl definition: "
    "milepost_exporters(view)\nArgument(s) {{'view'}} are declared in the hookimpl but can not be found in the hookspec"
)
FUTURE = (
    f"it needs version {API_VERSION + 1} of the plugin API, and this Milepost has {API_VERSION}: upgrade Milepost, or "
    "install an older version of the plugin"
)
PAST = f"it knows the plugin API up to version 0, and this Milepost has {API_VERSION}: install a newer version of the plugin"
FORM = 'id = "one-form"\nversion = "1"\ntitle = "One"\nitems = 2\nvalues = [0, 1]\n'
NAMED = {"format": "'one'", "media_type": "'text/plain'", "file_name": "'x.txt'"}

HOSTILE = {
    "raises on import": ("raise RuntimeError('on import')", "RuntimeError: on import"),
    "ends the process on import": ("raise SystemExit(3)", "SystemExit: 3"),
    "is interrupted on import": ("raise KeyboardInterrupt", "KeyboardInterrupt: "),
    "needs what is not installed": (
        "import no_such_module_anywhere",
        "ModuleNotFoundError: No module named 'no_such_module_anywhere'",
    ),
    "raises in a hook": (hook("raise ValueError('in the hook')"), "ValueError: in the hook"),
    "ends the process in a hook": (hook("raise SystemExit('enough')"), "SystemExit: enough"),
    "has an async hook": (
        f"{HEAD}@hookimpl\nasync def milepost_exporters(): return []",
        "`milepost_exporters` is a coroutine: define it with `def`, not `async def`",
    ),
    "gives something else to wait for": (
        hook("return type('Waiting', (), {'__await__': lambda self: iter(())})()"),
        "`milepost_exporters` is a coroutine: define it with `def`, not `async def`",
    ),
    "returns no list": (hook("return 7"), "`milepost_exporters` must return a list, and returned int"),
    "returns a text": (hook("return 'One'"), "`milepost_exporters` must return a list, and returned str"),
    "yields": (hook("yield Exporter"), "`milepost_exporters` must return a list, and returned generator"),
    "gives another class": (
        hook("return [dict]"),
        "`milepost_exporters` gave <class 'dict'>, which is no subclass of milepost.plugin_api.Exporter",
    ),
    "gives a class to another hook": (
        exporter(texts(**NAMED)).replace("milepost_exporters", "milepost_importers"),
        "`milepost_importers` gave <class '{module}.One'>, which is no subclass of milepost.plugin_api.Importer",
    ),
    "defines nothing": (hook("return [Exporter]"), "Exporter does not define render"),
    "sets no text": (exporter(FINE), "One must set `format` to a text"),
    "sets a text to a number": (exporter(texts(**{**NAMED, "file_name": "7"})), "One must set `file_name` to a text"),
    "has a name nobody can type": (
        EXPORTER.format(format="Not A Format", body="return b''"),
        "One.format must be up to 40 lowercase letters, digits and hyphens, not 'Not A Format'",
    ),
    "is called as a command is": (
        f"""{HEAD}
class One(Importer):
    format, title = "undo", "One"
    def read(self, file, context): return iter(())

@hookimpl
def milepost_importers():
    return [One]
""",
        "One.format can't be 'undo', which is a command: `milepost import undo`",
    ),
    "misspells a hook": (
        f"{HEAD}@hookimpl\ndef milepost_exportres(): return []",
        f"it has a hook that Milepost does not know: {UNKNOWN}. There are: {HOOKS}",
    ),
    "wants an argument that no hook has": (
        f"{HEAD}@hookimpl\ndef milepost_exporters(view): return []",
        ARGUMENT,
    ),
    "wants a future API": (
        f"milepost_api = ({API_VERSION + 1}, {API_VERSION + 2})",
        FUTURE,
    ),
    "knows a past API": (
        "milepost_api = (0, 0)",
        PAST,
    ),
    "says no range": (
        "milepost_api = 1",
        f"`milepost_api` must be two numbers, as in `(1, {API_VERSION})`, not 1",
    ),
    "brings a format that another brings": (
        EXPORTER.format(format="good", body="return b''"),
        "another plugin brings `good` already",
    ),
    "brings one format twice": (
        exporter(texts(**NAMED)).replace("[One]", "[One, One]"),
        "it brings `one` twice",
    ),
    "has settings that are no Struct": (
        exporter(texts(**NAMED, settings="dict")),
        "One.settings must be a msgspec.Struct, not <class 'dict'>",
    ),
    "has settings that are no class": (
        exporter(texts(**NAMED, settings="7")),
        "One.settings must be a msgspec.Struct, not 7",
    ),
    "has a setting that no JSON is": (
        HEAD
        + "class Bad(msgspec.Struct):\n    at: complex\n"
        + exporter(texts(**NAMED, settings="Bad")).removeprefix(HEAD),
        "One.settings can't be described: Generating JSON schema for custom types requires either:",
    ),
    "has a setting of a type that is nowhere": (
        HEAD
        + "class Bad(msgspec.Struct):\n    at: 'Nowhere'\n"
        + exporter(texts(**NAMED, settings="Bad")).removeprefix(HEAD),
        "One.settings can't be described: name 'Nowhere' is not defined",
    ),
    "offers a scope that is none": (
        HEAD + CONNECTOR.format(more="defaults = frozenset({'everything'})"),
        "One.defaults names no scope: everything. There are: titles, dates, numbers, free-text, assessments, sensitive",
    ),
    "offers scopes that are no set": (
        HEAD + CONNECTOR.format(more="defaults = 7"),
        "One.defaults must be a set of scopes, not 7",
    ),
    "has a use for a kind that is none": (
        HEAD + CONNECTOR.format(more="kinds = frozenset({'goals'})"),
        f"One.kinds names no kind: goals. There are: {', '.join(VIEWS)}",
    ),
    "wants things delivered in another way": (
        HEAD + CONNECTOR.format(more="delivery = 'all'"),
        'One.delivery must be "net" or "each", not \'all\'',
    ),
    "wants too much at once": (
        HEAD + CONNECTOR.format(more="batch = 501"),
        "One.batch must be 1 to 500, not 501",
    ),
    "wants a batch in words": (
        HEAD + CONNECTOR.format(more="batch = 'many'"),
        "One.batch must be 1 to 500, not 'many'",
    ),
    "wants to take for ever": (
        HEAD + CONNECTOR.format(more="timeout_s = 1e9"),
        "One.timeout_s must be above 0 and at most 300, not 1000000000.0",
    ),
    "looks too often": (
        HEAD + CONNECTOR.format(more="pull_every_s = 1"),
        "One.pull_every_s must be at least 60, not 1",
    ),
    "has a version in words": (
        HEAD + CONNECTOR.format(more="version = '2.0'"),
        "One.version must be a whole number, not '2.0'",
    ),
    "tells for ever": (
        HEAD + NOTIFIER.format(more="timeout_s = 0"),
        "One.timeout_s must be above 0 and at most 300, not 0",
    ),
    "takes bodies of no size": (
        HEAD
        + "class One(Inbox):\n    name, title, max_bytes = 'one', 'Takes in.', 0\n"
        + "    def receive(self, request, context): ...\n@hookimpl\ndef milepost_inboxes(): return [One]",
        "One.max_bytes must be a whole number from 1, not 0",
    ),
    "brings one questionnaire twice": (
        hook(f"return [{FORM!r}, {FORM!r}]", "instruments"),
        "it brings `one-form` twice",
    ),
    "pushes without async": (
        HEAD + CONNECTOR.format(more="").replace("async def push", "def push"),
        "One.push must be defined with `async def`",
    ),
    "tells without async": (
        HEAD + NOTIFIER.format(more="").replace("async def notify", "def notify"),
        "One.notify must be defined with `async def`",
    ),
    "gives a questionnaire that is none": (
        hook("return ['id = ']", "instruments"),
        "number 1 of `milepost_instruments`, line 1: this is not TOML (Invalid value). Put it right and try again.",
    ),
    "gives a questionnaire as bytes": (
        hook("return [b'']", "instruments"),
        "`milepost_instruments` must return texts, and number 1 is bytes",
    ),
    "gives a pack of templates that is none": (
        hook("return ['area = 7']", "templates"),
        "number 1 of `milepost_templates`",
    ),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_a_broken_plugin_is_skipped_with_the_reason_and_all_others_work(make: Maker, way: str) -> None:
    source, words = HOSTILE[way]
    make.exporter("a_good_one", "good")
    make("broken", source)
    make.exporter("later", "fine")
    found = load_plugins(make.points)
    problems = {plugin.name: plugin.problem for plugin in found.all}
    module = make.points[1].value
    whole = words.format(module=module, file=make.folder / f"{module}.py")
    assert problems["broken"].startswith(whole)
    if not way.startswith(("gives a pack", "has a setting that no JSON")):
        assert problems["broken"] == whole
    assert problems == {"a_good_one": "", "broken": problems["broken"], "later": ""}
    broken = found.all[1]
    assert not any((broken.exporters, broken.connectors, broken.notifiers, broken.instruments, broken.templates))
    assert set(found.exporters) == {"good", "fine"}
    assert found.render_now(found.exporter("good"), JournalView(id="j"), ExportContext()).body == b"fine"


@pytest.mark.parametrize("source", ["import time; time.sleep(5)", hook("time.sleep(5); return []")])
def test_a_plugin_that_waits_is_left_behind(make: Maker, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setattr(plugin_loading, "LOAD_TIMEOUT_S", 0.3)
    make("hanging", source)
    make.exporter("later", "fine")
    begun = time.monotonic()
    found = load_plugins(make.points)
    assert time.monotonic() - begun < 4
    assert [plugin.problem for plugin in found.all] == [
        "loading it took over 0.3 seconds: nothing may wait where a module is imported, or in its hooks",
        "",
    ]
    assert set(found.exporters) == {"fine"}


def test_of_two_plugins_with_one_name_the_second_is_skipped(make: Maker) -> None:
    make.exporter("same", "first")
    make.exporter("same", "second")
    found = load_plugins(make.points)
    assert [plugin.problem for plugin in found.all] == ["", "another plugin is called `same` too: rename one of them"]
    assert set(found.exporters) == {"first"}


def test_what_a_connection_can_be_to_has_one_name_whatever_its_kind(make: Maker) -> None:
    make("a", HEAD + CONNECTOR.format(more=""))
    make("b", HEAD + NOTIFIER.format(more=""))
    found = load_plugins(make.points)
    assert [plugin.problem for plugin in found.all] == ["", "another plugin brings `one` already"]
    assert (set(found.connectors), set(found.notifiers)) == ({"one"}, set())


def test_a_module_that_is_not_there_and_one_that_can_not_be_read_are_skipped(make: Maker) -> None:
    make.points.append(EntryPoint("absent", "no_such_module_anywhere", "milepost.plugins"))
    make("broken", "def broken(:")
    problems = {plugin.name: plugin.problem for plugin in load_plugins(make.points).all}
    assert problems["absent"] == "ModuleNotFoundError: No module named 'no_such_module_anywhere'"
    assert problems["broken"].startswith("SyntaxError: invalid syntax")


def test_a_plugin_that_is_not_to_run_is_listed_and_not_even_imported(make: Maker) -> None:
    make("off", "raise SystemExit('it was imported')")
    make.exporter("on", "fine")
    off = load_plugins(make.points, why_not=lambda plugin: "it is disabled" * (plugin.name == "off"))
    assert [(plugin.name, plugin.problem) for plugin in off.all] == [("off", "it is disabled"), ("on", "")]


def test_one_plugin_is_loaded_beside_those_there_are(make: Maker) -> None:
    make.exporter("one", "one")
    make.exporter("two", "one")
    plugins = Plugins()
    assert load_plugin(plugins, make.points[0]).exporters == ("one",)
    assert load_plugin(plugins, make.points[1]).problem == "another plugin brings `one` already"


def test_a_plugin_that_says_which_versions_it_knows_is_loaded(make: Maker) -> None:
    make("ranged", f"milepost_api = (1, {API_VERSION + 5})\n" + EXPORTER.format(format="fine", body="return b''"))
    (plugin,) = load_plugins(make.points).all
    assert (plugin.problem, plugin.exporters) == ("", ("fine",))


def test_a_plugin_with_secrets_in_its_settings_is_loaded(make: Maker) -> None:
    settings = "class Mine(msgspec.Struct):\n    token: Annotated[Secret, msgspec.Meta(description='x')]\n"
    make("fine", HEAD + settings + CONNECTOR.format(more="settings = Mine"))
    (plugin,) = load_plugins(make.points).all
    assert (plugin.problem, plugin.connectors) == ("", ("one",))


def test_a_connector_is_tried_out_and_never_run(make: Maker) -> None:
    make("fine", HEAD + CONNECTOR.format(more="def __init__(self): raise SystemExit('it was made')"))
    found = load_plugins(make.points)
    assert found.all == [
        Plugin(name="fine", package=make.points[0].value, version="", connectors=("one",)),
    ]
