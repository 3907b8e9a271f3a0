"""Exports by plugins: what one does that fails is its own, is named, and nothing else notices."""

import asyncio
from pathlib import Path

import pytest

from milepost import plugins as module
from milepost.errors import NotFound, PluginFailed
from milepost.plugin_api import ExportContext, JournalView
from milepost.plugin_loading import load_plugins
from tests.plugin_makers import HEAD, Maker


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Maker(tmp_path)


FAILING = pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise KeyError('lost')", "The plugin for `failing` failed: KeyError: 'lost'"),
        ("return 'text'", "The plugin for `failing` gave str and should give bytes."),
        ("return None", "The plugin for `failing` gave NoneType and should give bytes."),
    ],
)


@FAILING
def test_an_export_that_fails_says_whose_it_is(make: Maker, body: str, words: str) -> None:
    make.exporter("failing", "failing", body)
    found = load_plugins(make.points)
    with pytest.raises(PluginFailed) as raised:
        found.render_now(found.exporter("failing"), JournalView(id="j"), ExportContext())
    assert str(raised.value) == words


@FAILING
def test_an_export_that_fails_beside_an_event_loop_says_the_same(make: Maker, body: str, words: str) -> None:
    make.exporter("failing", "failing", body)
    found = load_plugins(make.points)
    with pytest.raises(PluginFailed) as raised:
        asyncio.run(found.render(found.exporter("failing"), JournalView(id="j"), ExportContext()))
    assert str(raised.value) == words


def test_an_export_that_wants_to_end_the_server_ends_itself_alone(make: Maker) -> None:
    make.exporter("ending", "ending", "raise SystemExit(3)")
    found = load_plugins(make.points)
    with pytest.raises(PluginFailed) as raised:
        asyncio.run(found.render(found.exporter("ending"), JournalView(id="j"), ExportContext()))
    assert str(raised.value) == "The plugin for `ending` failed: SystemExit: 3."


def test_an_export_that_never_comes_back_is_left_behind(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENDER_TIMEOUT_S", 0.2)
    make.exporter("slow", "slow", "time.sleep(5)")
    make.exporter("quick", "quick")
    found = load_plugins(make.points)

    async def both() -> tuple[object, module.Exported]:
        slow = asyncio.create_task(found.render(found.exporter("slow"), JournalView(id="j"), ExportContext()))
        quick = await found.render(found.exporter("quick"), JournalView(id="j"), ExportContext())
        return (await asyncio.gather(slow, return_exceptions=True))[0], quick

    late, quick = asyncio.run(both())
    assert str(late) == "The plugin for `slow` failed: took over 0.2 seconds."
    assert quick.body == b"fine"


def test_a_format_nobody_brings_is_answered_with_those_there_are(make: Maker) -> None:
    make.exporter("one", "one")
    found = load_plugins(make.points)
    with pytest.raises(NotFound, match=r"No plugin exports `other`. Formats here: one. `milepost plugin list` shows"):
        found.exporter("other")
    with pytest.raises(NotFound, match=r"No plugin imports `other`. Formats here: none."):
        found.importer("other")
    with pytest.raises(NotFound, match=r"No plugin brings `other`."):
        found.bringer("other")


def test_a_connection_is_named_by_what_brings_it_or_by_its_plugin_if_it_brings_no_other(make: Maker) -> None:
    inbox = """
class {cls}(Inbox):
    name, title = "{name}", "Takes in."
    def receive(self, request, context): return Reply()
"""
    hook = "@hookimpl\ndef milepost_inboxes(): return [{}]\n"
    make("alone", HEAD + inbox.format(cls="A", name="a-box") + hook.format("A"))
    two = inbox.format(cls="B", name="b-box") + inbox.format(cls="C", name="c-box")
    make("several", HEAD + two + hook.format("B, C"))
    found = load_plugins(make.points)
    assert found.connectable("a-box") is found.connectable("alone")
    assert found.bringer("c-box").name == "several"
    with pytest.raises(NotFound, match="There are: a-box, b-box, c-box"):
        found.connectable("several")


def test_the_built_in_ones_come_by_the_same_door() -> None:
    found = load_plugins()
    assert {"ics", "json"} <= set(found.exporters)
    assert all(plugin.built_in for plugin in found.all if plugin.package == "milepost")
