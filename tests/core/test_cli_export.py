"""Exporting by an installed plugin that has settings, and that asks what became of things."""

from pathlib import Path

import pytest

from tests.core.terminal import Milepost, today
from tests.plugin_makers import HEAD, install

PLANTED = "hunter2-planted"
PLUGIN = (
    HEAD
    + """
from msgspec import Meta, Struct

class Settings(Struct, frozen=True, kw_only=True):
    days: Annotated[int, Meta(description="How many.", ge=1)]
    token: Annotated[Secret | None, Meta(description="What the other side calls an API key.")] = None

class Lines(Exporter[Settings]):
    format, media_type, file_name, settings = "lines", "text/plain", "lines.txt", Settings
    def render(self, view, context):
        said = [f"{context.settings} {context.today} {context.plain}"]
        for goal in view.goals:
            said.append(f"{goal.title!r} {goal.why!r}")
            said += [f"{one.field}: {one.was!r} -> {one.now!r} {one.reason!r}" for one in context.history(goal.id)]
        return "\\n".join(said).encode()

class Failing(Exporter[Settings]):
    format, media_type, file_name, settings = "failing", "text/plain", "x.txt", Settings
    def render(self, view, context):
        raise ValueError(f"no luck with {context.settings}")

@hookimpl
def milepost_exporters(): return [Lines, Failing]
"""
)


@pytest.fixture
def journal(milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Milepost:
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    install(folder, "lines", PLUGIN)
    (tmp_path / "token").write_text(f"{PLANTED}\n")
    goal = milepost("goal", "add", "Say it", "--why", "It hurts")["id"]
    milepost("goal", "revise", goal, "--why", "It matters", "--reason", "clearer")
    return milepost


def test_what_was_not_granted_is_withheld_and_what_was_set_arrives(journal: Milepost, tmp_path: Path) -> None:
    said = journal.text("export", "lines", "--set", "days=7", "--set", f"token=@{tmp_path}/token")
    first, second = said.splitlines()[:2]
    assert first == f"Settings(days=7, token=Secret(…)) {today().isoformat()} False"
    assert second == "'Goal' WITHHELD"


def test_what_became_of_a_thing_is_told_to_an_export_in_plain_words(journal: Milepost) -> None:
    said = journal.text("export", "lines", "--set", "days=7", "--plain")
    assert "'Say it' 'It matters'" in said
    assert "why: 'It hurts' -> 'It matters' 'clearer'" in said


def test_a_discreet_export_is_told_nothing_of_what_was_written_before(journal: Milepost) -> None:
    said = journal.text("export", "lines", "--set", "days=7")
    assert not any(word in said for word in ("Say it", "It hurts", "It matters", "clearer"))


def test_settings_that_can_not_be_used_are_told_before_anything_runs(journal: Milepost) -> None:
    assert "`days` is missing: How many." in journal.fails(2, "export", "lines")
    assert "There is no setting `hours`" in journal.fails(2, "export", "lines", "--set", "hours=7")
    assert "Expected `int` >= 1" in journal.fails(2, "export", "lines", "--set", "days=0")


def test_no_secret_is_said_by_an_export_that_fails(journal: Milepost, tmp_path: Path) -> None:
    said = journal.fails(8, "export", "failing", "--set", "days=7", "--set", f"token=@{tmp_path}/token")
    assert "no luck with" in said
    assert PLANTED not in said


def test_a_list_of_plugins_says_what_each_brings(journal: Milepost) -> None:
    assert "export lines" in " ".join(journal.text("plugin", "list").split())
