"""`docs/plugins.md` has every hook and field as they are, and its example is a plugin that works."""

import inspect
import re
import subprocess
import sys
import types
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from milepost import plugin_api
from milepost.plugin_api import API_VERSION, SCOPE_OF, VIEWS, NewEntry, View, hooks
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import read, schema, secret_names
from milepost.plugins import DATA, KINDS
from milepost.testing import FakeHost, FakeJournal

DOCUMENT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


SECTIONS = dict(re.findall(r"^### (\w+)$\n(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))
"""Heading of the third order → what stands below it."""
PUBLIC = {name: getattr(plugin_api, name) for name in plugin_api.__all__}
CLASSES = {
    name: cls
    for name, cls in PUBLIC.items()
    if isinstance(cls, type) and not issubclass(cls, (Exception, Enum)) and cls.__module__.startswith("milepost.")
}


def hookspecs() -> list[Any]:
    return [value for value in vars(plugin_api).values() if hasattr(value, "milepost_spec")]


def own(cls: type) -> dict[str, Any]:
    """What a class says of itself, for authors."""
    return {name: value for name, value in vars(cls).items() if not name.startswith("_")}


def test_the_guide_has_the_exact_signature_of_every_hook() -> None:
    assert len(hookspecs()) == len(KINDS) + len(DATA)
    for hook in hookspecs():
        (source,) = (block for block in PYTHON if block.startswith(f"def {hook.__name__}("))
        namespace: dict[str, Any] = {}
        exec(f"from milepost.plugin_api.hooks import *\n{source}    ...", {**vars(hooks)}, namespace)  # noqa: S102
        assert inspect.signature(namespace[hook.__name__]) == inspect.signature(hook)


def test_the_guide_has_a_section_for_every_class() -> None:
    assert CLASSES.keys() <= SECTIONS.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_the_guide_has_the_exact_signature_of_every_method(name: str) -> None:
    methods = {one: value for one, value in own(CLASSES[name]).items() if inspect.isfunction(value)}
    for method, function in methods.items():
        (source,) = (
            block
            for block in re.findall(r"^```python\n(.*?)^```$", SECTIONS[name], re.MULTILINE | re.DOTALL)
            if re.match(rf"(?:async )?def {method}\(", block)
        )
        assert source.startswith("async") == inspect.iscoroutinefunction(function)
        namespace: dict[str, Any] = {}
        known = vars(sys.modules[function.__module__])
        exec(f"{source}    ...", {**known}, namespace)  # noqa: S102 - it is the guide's own
        assert inspect.signature(namespace[method]) == inspect.signature(function)


@pytest.mark.parametrize("name", CLASSES)
def test_the_guide_has_every_attribute_and_field(name: str) -> None:
    cls = CLASSES[name]
    fields = set(cls.__struct_fields__) if issubclass(cls, msgspec.Struct) else set(inspect.get_annotations(cls))
    told = set(re.findall(r"^\| `(\w+)` \|", SECTIONS[name], re.MULTILINE))
    assert told == {field for field in fields if not field.startswith("_")}
    described = {one for one, value in own(cls).items() if isinstance(value, property)}
    assert all(f"def {one}(self)" in SECTIONS[name] or one == "changed_ms" for one in described)


@pytest.mark.parametrize("cls", VIEWS.values())
def test_the_guide_says_which_scope_a_field_needs(cls: type[View]) -> None:
    told = re.findall(r"^\| `(\w+)` \|.*\| ([a-z-]*) \|$", SECTIONS[cls.__name__], re.MULTILINE)
    assert dict(told) == {name: SCOPE_OF[cls].get(name, "") for name in cls.__struct_fields__}


def test_the_guide_names_everything_that_a_plugin_may_use() -> None:
    named = set(re.findall(r"\w+", DOCUMENT))
    assert set(plugin_api.__all__) <= named
    assert f"It is {API_VERSION}." in DOCUMENT


def test_every_attribute_of_a_kind_and_every_method_is_explained() -> None:
    for name in ("Exporter", "Importer", "Connectable", "Connector", "Inbox", "Notifier"):
        rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", SECTIONS[name], re.MULTILINE)
        assert [attribute for attribute, words in rows if not words] == []
        for value in own(CLASSES[name]).values():
            if inspect.isfunction(value):
                assert inspect.getdoc(value)


def test_the_settings_of_the_guide_are_settings() -> None:
    (source,) = (block for block in PYTHON if "class Settings" in block)
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - it is the guide's own
    settings = namespace["Settings"]
    assert secret_names(settings) == {"token", "old_token"}
    assert all("description" in about for about in schema(settings)["properties"].values())
    assert read(settings, {"url": "https://goals.example.org", "token": "x", "days": "7"}, texts=True).days == 7  # type: ignore[attr-defined]


def test_the_importer_of_the_guide_asks_about_homework_and_has_a_walk_once_in_the_journals_unit() -> None:
    (source,) = (block for block in PYTHON if "class Walks" in block)
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - it is the guide's own
    lines = b'{"todo": "Walk daily"}\n{"start": "2026-05-04T08:00:00", "km": 3}\n'
    journal = FakeJournal()
    goal = journal.goal("Walk daily")
    values = []
    for unit in ("km", "m"):
        journal.measure(goal, "How far?", type="amount", unit=unit)
        asked, walk = FakeHost().read(namespace["Walks"](), lines, journal.view())
        assert isinstance(asked, NewEntry)
        assert isinstance(walk, NewEntry)
        assert (asked.asks, walk.asks, walk.known_as) == (True, False, "walk 2026-05-04T08:00:00")
        values.append(walk.fields["value"])
    assert values == [3, 3000]
    assert [journal.take([walk], source) for source in ("file", "watch")] == [["made"], ["nothing"]]
    assert journal.view().checkins[0].subject == goal


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The module of the guide, as if it were installed."""
    (source,) = (block for block in PYTHON if "@hookimpl" in block)
    module = types.ModuleType("milepost_titles_example")
    exec(source, vars(module))  # noqa: S102 - it is the guide's own
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_the_example_is_a_plugin_that_loads(example: types.ModuleType) -> None:
    point = metadata.EntryPoint("titles", example.__name__, "milepost.plugins")
    (plugin,) = load_plugins([point]).all
    assert (plugin.problem, plugin.exporters) == ("", ("titles",))
    assert f'titles = "{example.__name__}"' in DOCUMENT


def test_the_examples_own_test_passes(example: types.ModuleType) -> None:
    (source,) = (block for block in PYTHON if "assert " in block)
    with pytest.raises(AssertionError):
        exec(source.replace("Say what I need\\n", "Something else\\n"), {})  # noqa: S102 - it is the guide's own
    exec(source, {})  # noqa: S102


def test_the_example_needs_nothing_but_the_plugin_api(tmp_path: Path) -> None:
    (source,) = (block for block in PYTHON if "@hookimpl" in block)
    (tmp_path / "guide.py").write_text(source)
    imported = re.findall(r"^from (milepost\S*) import", source, re.MULTILINE)
    assert imported == ["milepost.plugin_api"]
    subprocess.run([sys.executable, tmp_path / "guide.py"], check=True)
