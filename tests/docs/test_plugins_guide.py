"""`docs/plugins.md` has every hook and field as they are, and its example is a plugin that works."""

import inspect
import re
import subprocess
import sys
import types
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from milepost import plugin_api
from milepost.plugin_api import API_VERSION, ExportContext, Exporter
from milepost.plugin_loading import load_plugins
from tests.docs.tables import row, said

DOCUMENT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def signature(function: Any) -> str:
    """As an author writes it."""
    found = inspect.signature(function)
    parameters = [
        parameter.name if parameter.annotation is parameter.empty else f"{parameter.name}: {said(parameter.annotation)}"
        for parameter in found.parameters.values()
    ]
    return f"def {function.__name__}({', '.join(parameters)}) -> {said(found.return_annotation)}:\n"


def hookspecs() -> list[Any]:
    return [value for value in vars(plugin_api).values() if hasattr(value, "milepost_spec")]


def test_the_guide_has_the_exact_signature_of_every_hook() -> None:
    assert hookspecs()
    assert {signature(hook) for hook in hookspecs()} <= set(PYTHON)


def test_the_guide_has_the_exact_signature_of_what_an_exporter_defines() -> None:
    defined = [getattr(Exporter, name) for name in sorted(Exporter.__abstractmethods__)]
    assert {signature(method) for method in defined} <= set(PYTHON)
    attributes = [name for name in inspect.get_annotations(Exporter) if not name.startswith("_")]
    assert attributes
    assert all(f"| `{name}` |" in DOCUMENT for name in attributes)


def test_the_guide_has_every_field_of_the_context() -> None:
    for field in msgspec.structs.fields(ExportContext):
        assert row(f"`{field.name}`", f"`{said(field.type)}`", f"`{field.default!r}`")[:-2] in DOCUMENT


def test_the_guide_names_everything_that_a_plugin_may_use() -> None:
    named = set(re.findall(r"\w+", DOCUMENT))
    assert set(plugin_api.__all__) <= named
    assert f"It is {API_VERSION}." in DOCUMENT


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
    exec(source, {})  # noqa: S102 - it is the guide's own


def test_the_example_needs_nothing_but_the_plugin_api(tmp_path: Path) -> None:
    (source,) = (block for block in PYTHON if "@hookimpl" in block)
    (tmp_path / "guide.py").write_text(source)
    imported = re.findall(r"^from (milepost\S*) import", source, re.MULTILINE)
    assert imported == ["milepost.plugin_api"]
    subprocess.run([sys.executable, tmp_path / "guide.py"], check=True)
