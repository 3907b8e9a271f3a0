"""A hostile set of plugins: each is reported in words its author can act on, and nothing else notices."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from milepost.errors import NotFound, PluginFailed
from milepost.plugin_api import ExportContext, JournalView
from milepost.plugin_loading import load_plugins

HEAD = "from milepost.plugin_api import Exporter, hookimpl\n"
EXPORTER = (
    HEAD
    + """
class One(Exporter):
    format, media_type, file_name = "{format}", "text/plain", "x.txt"
    def render(self, view, context):
        {body}

@hookimpl
def milepost_exporters():
    return [One]
"""
)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Maker":
    monkeypatch.syspath_prepend(str(tmp_path))
    return Maker(tmp_path)


class Maker:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points: list[EntryPoint] = []

    def __call__(self, name: str, source: str) -> None:
        module = f"made_{name}_{id(self)}"
        sys.modules.pop(module, None)
        (self.folder / f"{module}.py").write_text(source)
        self.points.append(EntryPoint(name, module, "milepost.plugins"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise RuntimeError('on import')", "RuntimeError: on import"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import no_such_module_anywhere", "No module named"),
        ("def broken(:", "SyntaxError"),
        (HEAD + "@hookimpl\ndef milepost_exportres():\n    return []", "a hook that Milepost does not know"),
        (HEAD + "@hookimpl\ndef milepost_exporters(view):\n    return []", "view"),
        (HEAD + "@hookimpl\ndef milepost_exporters():\n    raise ValueError('in the hook')", "ValueError: in the hook"),
        (HEAD + "@hookimpl\ndef milepost_exporters():\n    return 7", "must return a list"),
        (HEAD + "@hookimpl\ndef milepost_exporters():\n    return [dict]", "no subclass of"),
        (HEAD + "@hookimpl\ndef milepost_exporters():\n    return [Exporter]", "does not define render"),
        (EXPORTER.format(format="Not A Format", body="return b''"), "lowercase letters"),
        (EXPORTER.format(format="good", body="return b''"), "another plugin brings `good` already"),
        (
            HEAD
            + "class X(Exporter):\n    def render(self, v, c): ...\n@hookimpl\ndef milepost_exporters(): return [X]",
            "must set",
        ),
    ],
)
def test_a_broken_plugin_is_named_and_skipped(make: Maker, source: str, words: str) -> None:
    make("a_good_one", EXPORTER.format(format="good", body="return b'fine'"))
    make("broken", source)
    make("later", EXPORTER.format(format="fine", body="return b'fine'"))
    found = load_plugins(make.points)
    assert {p.name: bool(p.problem) for p in found.all} == {"a_good_one": False, "broken": True, "later": False}
    assert words in next(p.problem for p in found.all if p.name == "broken")
    assert set(found.exporters) == {"good", "fine"}
    exported = found.render_now(found.exporter("good"), JournalView(id="j"), ExportContext())
    assert exported.body == b"fine"


def test_a_name_taken_is_told(make: Maker) -> None:
    make("same", EXPORTER.format(format="first", body="return b''"))
    make("same", EXPORTER.format(format="second", body="return b''"))
    found = load_plugins(make.points)
    assert sorted(p.problem for p in found.all) == ["", "another plugin is called `same` too: rename one of them"]


@pytest.mark.parametrize(
    ("body", "words"),
    [("raise KeyError('lost')", "KeyError: 'lost'"), ("return 'text'", "gave str and should give bytes")],
)
def test_an_export_that_fails_says_whose_it_is(make: Maker, body: str, words: str) -> None:
    make("failing", EXPORTER.format(format="failing", body=body))
    found = load_plugins(make.points)
    with pytest.raises(PluginFailed, match="`failing`") as raised:
        found.render_now(found.exporter("failing"), JournalView(id="j"), ExportContext())
    assert words in str(raised.value)
    with pytest.raises(NotFound, match="Formats here: failing"):
        found.exporter("other")


def test_the_built_in_ones_come_by_the_same_door() -> None:
    assert {"ics", "json"} <= set(load_plugins().exporters)
