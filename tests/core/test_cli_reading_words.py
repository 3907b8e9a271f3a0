"""How what is read is worded and drawn: kindly, plainly, and whatever the journal holds."""

from collections.abc import Callable

import pytest

from milepost.cli import charts, reading
from milepost.views.progress import Measured, Point
from tests.core.terminal import Milepost
from tests.core.test_cli_reading import READS, a_closed_terminal  # noqa: F401 - a fixture
from tests.core.views.pages import NEVER_SAID, texts


def test_the_overview_and_the_day_name_the_same(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Call my sister", "--due", "in 3 days")["id"]
    milepost("milestone", "add", goal, "Find her number", "--due", "yesterday")
    milepost("goal", "add", "Far away", "--due", "in 3 weeks")
    near = milepost()["near"]
    assert [(one["kind"], one["title"], one["days"]) for one in near] == [
        ("goal", "Call my sister", 3),
        ("milestone", "Find her number", -1),
    ]
    assert near == milepost("today")["near"]
    milepost("rest")
    assert milepost()["near"] == milepost("today")["near"] == []


def test_words_that_look_like_a_picture_stay_words(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Say it :heart:")["id"]
    milepost("checkin", goal, "--note", "so :smile:")
    assert "Say it :heart:" in milepost.text("goal", "list")
    assert "so :smile:" in milepost.text("goal", "show", goal)


def test_the_log_says_why_where_a_reason_was_given(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    milepost("goal", "revise", goal, "--title", "After", "--reason", "it [changed]")
    milepost("goal", "revise", goal, "--why", "so", "--reason", "just because")
    lines = milepost.text("log").splitlines()
    assert lines[-2].endswith("After (it [changed])")
    assert lines[-1].split("goal.revised")[1].strip() == "(just because)"


def without_goals(milepost: Milepost) -> None:
    milepost("checkin", "--note", "a quiet day")
    milepost("bring", "The call with my sister")
    milepost("reflect", "A quiet week", "--takeaway", "rest counts")
    milepost("session", "add", "tomorrow", "--at", "15:00")


def open_only(milepost: Milepost) -> None:
    milepost("goal", "add", "Feel lighter")
    milepost("milestone", "add", milepost("goal", "list")[0]["id"], "Something", "--due", "yesterday")


@pytest.mark.parametrize("fill", [lambda _: None, without_goals, open_only])
@pytest.mark.parametrize("name", READS)
def test_nothing_blames_and_nothing_urges(milepost: Milepost, fill: Callable[[Milepost], None], name: str) -> None:
    fill(milepost)
    said = [milepost.text(name), *texts(milepost(name))]
    assert said[0].strip()
    for words in said:
        assert not any(word in words.lower() for word in (*NEVER_SAID, "goal add", "\x1b[31m")), words


def test_a_chart_leaves_a_day_without_a_word_blank() -> None:
    points = tuple(Point(f"2026-11-{day:02}", value) for day, value in ((1, 0), (2, 10), (10, 5)))
    assert charts.chart(Measured(points=points, low=0, high=10)) == [
        "10 │ █",
        "   │ █       ▅",
        " 0 │▁█       █",
        "    1 Nov 2026   10 Nov 2026",
    ]
    assert charts.chart(Measured(points=points[:1])) == []
    assert charts.chart(Measured(points=(Point("2026-99-99", 1), Point("2026-11-01", 1)))) == []


def test_a_far_limit_does_not_flatten_what_is_counted() -> None:
    points = (Point("2026-11-01", 10), Point("2026-11-20", 40))
    assert charts.chart(Measured(points=points, low=0, high=240, type="amount"))[0].startswith("40 │")
    assert charts.chart(Measured(points=points, low=0, high=240))[0].startswith("240 │")


def test_a_field_is_said_in_a_line() -> None:
    due = {"at": "2026-12-18T15:00:00", "time_zone": "Europe/Berlin"}
    said = [charts.say_field(value) for value in (due, {}, None, "2026-12-18", "let_go", 7, 7.5)]
    assert said == ["18 Dec 2026 15:00", "changed", "–", "18 Dec 2026", "let go", "7", "7.5"]


def test_the_day_of_a_clock_beyond_the_calendar_is_left_out(milepost: Milepost) -> None:
    milepost("goal", "add", "x")
    assert reading._day_of(2**48 - 1) == ""
    assert reading._day_of(0) == "1 Jan 1970"


def test_a_brief_says_where_it_goes_from_and_goes_from_elsewhere_on_request(milepost: Milepost) -> None:
    held, planned = (milepost("session", "add", day, "--at", "00:00")["id"] for day in ("10 days ago", "3 days ago"))
    milepost("session", "hold", held)
    milepost("checkin", "--note", "a calm day", "--on", "5 days ago")
    shown = milepost.text("brief")
    assert "Nobody said whether it was held" in shown
    assert "a calm day" not in shown
    for since in (held, held[:6], "6 days ago"):
        shown = milepost.text("brief", "--since", since)
        assert "a calm day" in shown, since
        assert "Nobody said" not in shown
    assert milepost("brief", "--since", held)["session"] == held
    assert milepost("brief")["session"] == planned
    assert "yet to come" in milepost.fails(2, "brief", "--since", "in 3 days")
    assert "not a date" in milepost.fails(2, "brief", "--since", "someday")
    assert "no session" in milepost.fails(3, "brief", "--since", "fffff0")
