import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from milepost import cli
from milepost.cli.coaching import coach, templates
from tests.core.terminal import ZONE, Milepost

PACK = """
[[area]]
id = "music"
name = "Music"
about = "Playing, alone and with others."

[[template]]
id = "music-again"
area = "music"
kind = "open"
title = "Play again"
why_prompt = "What did it give you?"
practices = [{ title = "Play one song", recurrence = "FREQ=WEEKLY;BYDAY=SA", minutes = 10 }]

[[template]]
id = "music-listen"
area = "coping"
kind = "open"
title = "Listen"
why_prompt = "To what?"
"""


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two commands are there, wherever the command tree stands."""
    build = cli.build

    def with_coaching(**how: bool) -> cli.App:
        app = build(**how)
        if "coach" not in list(app):
            app.command(coach)
            app.command(templates)
        return app

    monkeypatch.setattr(cli, "build", with_coaching)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(PACK, encoding="utf-8")
    return path


def test_the_coach_asks_one_question_with_the_command_that_answers_it(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Stop shouting at [b]the[/b] dog")["id"]
    told = milepost("coach", goal[:8])
    assert (told["goal"], told["remark"]) == (goal, None)
    assert told["hint"]["lens"] == "approach"
    assert told["hint"]["opening"] == "Instead of shouting at [b]the[/b] dog, I …"
    assert told["hint"]["how"] == f"milepost goal revise {goal[:3]} --title '…'"
    shown = milepost.text("coach", goal)
    assert "It could begin like this: Instead of shouting at [b]the[/b] dog, I …" in shown
    assert f"milepost coach {goal[:3]} --skip approach" in shown
    assert len(milepost("log")) == 2


def test_every_question_is_answered_by_the_command_that_comes_with_it(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Stop shouting", "--kind", "smart")["id"]
    answers = {
        "approach": "Speak softly",
        "why": "I love them",
        "looks_like": "They come to me",
        "first_step": "Breathe out",
        "measure": "How soft was I?",
    }
    asked = []
    while (found := milepost("coach", goal)["hint"]) is not None:
        asked.append((found["lens"], found["question"]))
        words = found["how"].replace("'", "").removeprefix("milepost ").split(" ")
        command = [w for w in words if w not in {"…", "N", "in", "6", "weeks"}]
        given = {"confidence": "5", "due": "in 6 weeks"}.get(found["lens"], answers.get(found["lens"], "a friend"))
        milepost(*command, "a friend" if "--helps" in command else given)
    assert [lens for lens, _ in asked] == [
        *("approach", "why", "looks_like", "first_step", "confidence", "confidence", "measure", "due")
    ]
    assert milepost("coach", goal) == {"goal": goal, "hint": None, "remark": "It reads well as it is."}
    assert "It reads well as it is." in milepost.text("coach", goal)


def test_questions_can_be_skipped_and_numbers_are_only_for_who_asks(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Feel lighter")["id"]
    skip = ["--skip", "why", "--skip", "looks_like", "--skip", "first_step"]
    assert milepost("coach", goal, *skip)["hint"] is None
    assert milepost("coach", goal, *skip, "--smart")["hint"]["lens"] == "confidence"
    assert "--smart --skip why --skip looks_like --skip first_step --skip confidence" in milepost.text(
        "coach", goal, "--smart", *skip
    )
    assert "approach" in milepost.fails(2, "coach", goal, "--skip", "everything")


def test_a_goal_at_rest_is_let_rest(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Less panic")["id"]
    milepost("goal", "pause", goal)
    assert milepost("coach", goal)["hint"] is None
    assert "It can rest as it is" in milepost.text("coach", goal)
    assert "no goal" in milepost.fails(3, "coach", "zzzz")


def test_templates_are_listed_by_area_and_leave_nothing_behind(milepost: Milepost, tmp_path: Path) -> None:
    told = milepost("templates")
    assert len(told["areas"]) == 13
    assert len(told["templates"]) >= 39
    assert milepost("templates", "list") == told
    sleep = milepost("templates", "list", "--area", "sleep")
    assert [area["id"] for area in sleep["areas"]] == ["sleep"]
    assert {template["area"] for template in sleep["templates"]} == {"sleep"}
    assert "Make friends with the night again" in milepost.text("templates")
    assert "Did you mean sleep?" in milepost.fails(3, "templates", "list", "--area", "slep")
    assert not (tmp_path / "home" / "device.sqlite3").exists()


def test_a_template_is_shown_with_all_it_suggests(milepost: Milepost) -> None:
    told = milepost("templates", "show", "sleep-quiet-evening")
    assert told["measure"] == {"question": "How calm was my evening?", "low": 0, "high": 10, "better": "up"}
    assert told["practices"][0]["recurrence"] == "FREQ=DAILY"
    shown = milepost.text("templates", "show", "sleep-quiet-evening")
    assert "A quiet half hour (daily, 30 min)" in shown
    assert "How calm was my evening? (0 to 10)" in shown
    assert "There is no template" in milepost.fails(3, "templates", "show", "x")


def test_a_template_becomes_a_goal_in_one_go(milepost: Milepost) -> None:
    goal = milepost("templates", "use", "sleep-quiet-evening", "--title", "Evenings of my own")
    assert (goal["title"], goal["kind"], goal["area"]) == ("Evenings of my own", "smart", "sleep")
    assert (goal["why"], goal["milestones"]) == (None, [])
    assert goal == milepost("goal", "show", goal["id"])
    assert milepost("measure", "list")[0]["id"] == goal["measure"]
    assert milepost("practice", "list") == []
    assert milepost("checkin", goal["id"], "--value", "6")["measure"] == goal["measure"]
    assert "outside" in milepost.fails(2, "checkin", goal["id"], "--value", "11")


def test_steps_and_practices_come_on_request(milepost: Milepost) -> None:
    zone = ZoneInfo(ZONE)  # of the journal: elsewhere it may be another day
    before = datetime.now(zone).date().isoformat()
    goal = milepost("templates", "use", "sleep-quiet-evening", "--milestones", "--practices")
    assert goal["milestones"][0]["title"] == "Choose when the day is over"
    (practice,) = milepost("practice", "list")
    assert (practice["goal"], practice["minutes"]) == (goal["id"], 30)
    assert before <= practice["start"] <= datetime.now(zone).date().isoformat()
    shown = milepost.text("templates", "use", "mindfulness-good-moments", "--practices")
    assert "Practices from today on: Remember one good moment of the day." in shown
    assert "If you like: When did something small make you smile?" in shown


def test_a_template_that_cannot_be_used_writes_nothing(milepost: Milepost) -> None:
    milepost("goal", "add", "Before")
    before = milepost("log")
    assert "There is no template" in milepost.fails(3, "templates", "use", "no-such")
    assert "can't be empty" in milepost.fails(2, "templates", "use", "sleep-rest-counts", "--title", " ")
    assert "500" in milepost.fails(2, "templates", "use", "sleep-quiet-evening", "--milestones", "--title", "x" * 501)
    assert milepost("log") == before


def test_a_pack_is_checked_and_used(milepost: Milepost, pack: Path) -> None:
    assert milepost("templates", "check", str(pack)) == {"file": str(pack), "valid": True, "templates": 2}
    assert "can be used: 2 templates." in milepost.text("templates", "check", str(pack))
    assert [area["id"] for area in milepost("templates", "--pack", str(pack))["areas"]] == ["coping", "music"]
    goal = milepost("templates", "use", "music-again", "--pack", str(pack))
    assert (goal["title"], goal["area"]) == ("Play again", "music")


def test_what_is_wrong_with_a_pack_is_said_line_by_line(milepost: Milepost, pack: Path, tmp_path: Path) -> None:
    pack.write_text(PACK.replace("minutes = 10", "minutes = 0").replace('"To what?"', '"To it."'), encoding="utf-8")
    said = milepost.fails(2, "templates", "check", str(pack))
    assert "mine.toml, line 13: `template[0].practices[0].minutes` must be" in said
    assert "mine.toml, line 20: `template[1].why_prompt` must be a question" in said
    assert "Check its name" in milepost.fails(3, "templates", "check", str(tmp_path / "none.toml"))
    assert "can't be read" in milepost.fails(3, "templates", "check", str(tmp_path))


def test_every_answer_is_one_json_value(milepost: Milepost, capsys: pytest.CaptureFixture[str]) -> None:
    goal = milepost("templates", "use", "grief-remember")["id"]
    for command in (["coach", goal], ["templates"], ["templates", "show", "grief-remember"]):
        assert cli.run([*command, "--json"]) == 0
        json.loads(capsys.readouterr().out)


def test_both_have_help(milepost: Milepost) -> None:
    for command in (["coach"], ["templates"], *(["templates", name] for name in ("list", "show", "use", "check"))):
        assert "Usage" in milepost.text(*command, "--help")
