"""Questionnaires and templates that an installed plugin brings stand beside those that come with Milepost."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.terminal import Milepost
from tests.plugin_makers import install

CALM = """
id = "calm-2"
version = "1"
title = "{title}"
prompt = "These days"
items = ["Were you calm?", "Were you rested?"]
values = [0, 1, 2]
[score]
rule = "sum"
better = "up"
range = [0, 4]
"""
MUSIC = """
[[area]]
id = "music"
name = "Music"
about = "Playing, alone and with others."
[[template]]
id = "{id}"
area = "music"
kind = "open"
title = "Play again, for the joy of it"
why_prompt = "What did playing give you?"
milestones = ["Tune the guitar"]
[[template]]
id = "{id}-at-night"
area = "sleep"
kind = "open"
title = "No screen after ten"
why_prompt = "What would be better?"
"""
PLUGIN = f"""
from milepost.plugin_api import hookimpl

@hookimpl
def milepost_instruments():
    return [{CALM.format(title="Calm in two")!r}]

@hookimpl
def milepost_templates():
    return [{MUSIC.format(id="music-again")!r}]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    install(folder, "small", PLUGIN)
    return folder


def test_a_plugins_questionnaire_is_listed_shown_filled_in_and_read_again(milepost: Milepost, installed: Path) -> None:
    listed = {one["id"]: one for one in milepost("instrument", "list")}
    assert {"calm-2", "gad-7", "phq-9"} <= listed.keys()
    assert (listed["calm-2"]["plugin"], listed["calm-2"]["built_in"], listed["calm-2"]["file"]) == (
        "small",
        False,
        None,
    )
    assert listed["phq-9"]["plugin"] is None
    assert milepost("instrument", "show", "calm-2")["title"] == "Calm in two"
    recorded = milepost("assess", "calm-2", "--answers", "1,2")
    assert recorded["score"] == 3
    shown = milepost.text("assessment", "show", recorded["id"])
    assert "Calm in two" in shown
    assert "Were you rested?" in shown
    assert "Calm in two" in milepost.text("handover", "--assessments", "--all")


def test_a_file_of_the_persons_own_goes_before_a_plugins(milepost: Milepost, installed: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(CALM.format(title="Calm, my way"))
    milepost("instrument", "add", str(own))
    one = milepost("instrument", "show", "calm-2")
    assert (one["title"], one["plugin"]) == ("Calm, my way", None)
    milepost("instrument", "remove", "calm-2")
    assert milepost("instrument", "show", "calm-2")["title"] == "Calm in two"
    words = milepost.fails(2, "instrument", "remove", "calm-2")
    assert "calm-2 comes with the plugin small, and stays as long as that is installed." in " ".join(words.split())


def test_a_plugins_templates_are_listed_by_area_shown_and_used(milepost: Milepost, installed: Path) -> None:
    listed = milepost("templates")
    assert "music" in [area["id"] for area in listed["areas"]]
    assert {"music-again", "music-again-at-night"} <= {one["id"] for one in listed["templates"]}
    sleep = [one["id"] for one in milepost("templates", "--area", "sleep")["templates"]]
    assert sleep[-1] == "music-again-at-night"
    assert len(sleep) > 1
    assert milepost("templates", "show", "music-again")["milestones"] == ["Tune the guitar"]
    assert milepost("templates", "use", "music-again", "--milestones")["title"] == "Play again, for the joy of it"


def test_a_plugin_is_listed_with_the_questionnaires_and_templates_it_brings(
    milepost: Milepost, installed: Path
) -> None:
    (small,) = (one for one in milepost("plugin", "list") if one["name"] == "small")
    assert (small["instruments"], small["templates"], small["problem"]) == (["calm-2"], ["small"], "")
    assert (small["package"], small["version"]) == ("milepost-made-small", "1.0")


def test_templates_that_are_there_already_are_a_reason_to_skip_a_plugin(milepost: Milepost, installed: Path) -> None:
    before = milepost("templates")
    install(installed, "a_second", PLUGIN.replace("calm-2", "calm-3"))
    install(installed, "third", PLUGIN.replace("music-again", "music-more").replace("calm-2", "calm-4"))
    problems = {one["name"]: one["problem"] for one in milepost("plugin", "list")}
    taken = "number 1 of `milepost_templates` has a template `music-again`, which there is already: give it another id"
    assert (problems["a_second"], problems["small"]) == ("", taken)
    assert problems["third"] == ""
    now = {one["id"] for one in milepost("templates")["templates"]}
    assert now == {one["id"] for one in before["templates"]} | {"music-more", "music-more-at-night"}


def test_a_plugin_that_is_broken_takes_no_questionnaire_and_no_template_away(
    milepost: Milepost, installed: Path
) -> None:
    before = milepost("instrument", "list"), milepost("templates")
    install(installed, "broken", "raise SystemExit(3)")
    assert (milepost("instrument", "list"), milepost("templates")) == before


def test_a_command_that_needs_no_plugin_loads_none(installed: Path, tmp_path: Path) -> None:
    install(installed, "loud", "import sys; sys.stderr.write('loaded\\n')")
    quiet = [["--help"], ["goal", "add", "Sleep"], ["today"], ["brief"], ["handover", "--all", "--assessments"]]
    source = f"""
import sys
sys.path.insert(0, {str(installed)!r})
from milepost.cli import run
for words in {quiet}:
    run(words)
sys.stderr.write("quiet until here\\n")
run(["instrument", "list"])
"""
    home = {"MILEPOST_HOME": str(tmp_path / "home"), "PATH": ""}
    command = [sys.executable, "-c", source]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=home)
    assert shown.stderr == "quiet until here\nloaded\n"
