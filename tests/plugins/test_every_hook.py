"""Each hook is used by a plugin that comes with Milepost, or by an example; and each has a conformance class and a section."""

import ast
import inspect
from pathlib import Path

from milepost import testing
from milepost.kit.scaffolding import KINDS, files_of, names_of
from milepost.plugin_api import hooks

ROOT = Path(__file__).parents[2]
HOOKS = {name for name in vars(hooks) if name.startswith("milepost_")}
CLASSES = {
    "milepost_exporters": testing.ExporterConformance,
    "milepost_connectors": testing.ConnectorConformance,
    "milepost_inboxes": testing.InboxConformance,
    "milepost_importers": testing.ImporterConformance,
    "milepost_notifiers": testing.NotifierConformance,
    "milepost_instruments": testing.DataConformance,
    "milepost_templates": testing.DataConformance,
}


def functions(folder: str) -> set[str]:
    """Every function that is defined below a folder, tests aside."""
    files = (file for file in (ROOT / folder).rglob("*.py") if "tests" not in file.parts[len(ROOT.parts) :])
    return {
        node.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    }


def test_each_hook_is_used_by_what_comes_along_or_by_an_example() -> None:
    assert functions("plugins") | functions("examples") >= HOOKS


def test_each_hook_has_tests_for_its_authors_and_tests_of_their_own() -> None:
    assert CLASSES.keys() == HOOKS
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "examples").rglob("test_*.py")]
    begun = [
        text for kind in KINDS for path, text in files_of(names_of("Begun", kind), kind).items() if "test_" in path
    ]
    subclassed = {
        base.id
        for source in [*(file.read_text() for file in files), *begun]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    assert {cls.__name__ for cls in CLASSES.values()} <= subclassed


def test_each_hook_says_what_it_gives() -> None:
    assert all(inspect.getdoc(getattr(hooks, name)) for name in HOOKS)
