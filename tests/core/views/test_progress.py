"""What progress says, for journals made by hand."""

from collections.abc import Sequence
from datetime import date

import pytest

from milepost.views import progress
from tests.core.views.pages import Pages
from tests.events import entity


def test_progress_goes_from_the_first_number_to_the_latest(pages: Pages) -> None:
    goal = pages.goal(1, "Calmer mornings")
    measure = pages.measure(10, goal, question="How calm?", low=0, high=10, better="up")
    pages.numbers(goal, measure, {"2026-09-01": 3, "2026-09-05": 7, "2026-09-09": 5})
    pages.checkin(600, goal, "2026-09-10", note="words count as well")
    [one] = progress.progress(pages.state).goals
    [series] = one.series
    assert [(p.on, p.value) for p in series.points] == [("2026-09-01", 3), ("2026-09-05", 7), ("2026-09-09", 5)]
    assert (series.measure, series.question, series.baseline, series.now, series.best) == (
        measure,
        "How calm?",
        3,
        5,
        7,
    )
    assert (series.change, series.trend) == (2, None)
    assert one.words == "From 3 to 5 since 1 Sep 2026: progress. The best so far was 7. One note kept about it."


def test_the_baseline_is_the_one_marked_so(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.checkin(1, goal, "2026-09-01", value=9)
    pages.checkin(2, goal, "2026-09-03", value=2, baseline=True)
    pages.checkin(3, goal, "2026-09-05", value=4.5)
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.baseline, series.now, series.change) == (2, 4.5, 2.5)
    assert series.words == "From 2 to 4.5 since 3 Sep 2026: progress. The best so far was 9."


def test_less_is_better_where_the_person_says_so(pages: Pages) -> None:
    goal = pages.goal(1)
    measure = pages.measure(10, goal, better="down", unit="hours")
    pages.numbers(goal, measure, {"2026-09-01": 6, "2026-09-05": 2, "2026-09-09": 4})
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.best, series.change) == (2, -2)
    assert series.words.startswith("From 6 hours to 4 hours since 1 Sep 2026: progress. The best so far was 2 hours.")


def test_what_is_to_be_kept_is_best_where_it_is_nearest_its_target(pages: Pages) -> None:
    goal = pages.goal(1)
    measure = pages.measure(10, goal, better="keep", target=7)
    pages.numbers(goal, measure, {"2026-09-01": 4, "2026-09-05": 7, "2026-09-09": 9})
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.best, series.now) == (7, 9)
    assert "progress" in series.words


def test_what_goes_the_other_way_is_said_plainly(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.numbers(goal, None, {"2026-09-01": 5, "2026-09-05": 3})
    assert progress.progress(pages.state).goals[0].words == "From 5 to 3 since 1 Sep 2026."
    pages.checkin(700, goal, "2026-09-06", value=5)
    assert progress.progress(pages.state).goals[0].words == "5, the same as on 1 Sep 2026."


def test_each_measure_is_a_series_and_so_is_what_was_said_without_one(pages: Pages) -> None:
    goal = pages.goal(1)
    first = pages.measure(10, goal, question="How calm?")
    pages.numbers(goal, first, {"2026-09-01": 1, "2026-09-02": 2}, 500)
    second = pages.measure(11, goal, question="How often?")
    pages.numbers(goal, second, {"2026-09-03": 8}, 600)
    pages.numbers(goal, None, {"2026-09-04": 4}, 700)
    pages.checkin(800, goal, "2026-09-05", value="so-so")
    [one] = progress.progress(pages.state).goals
    assert [(s.measure, s.now) for s in one.series] == [(first, 2), (second, 8), (None, 4)]
    assert (
        one.words
        == "“How calm?”: From 1 to 2 since 1 Sep 2026: progress. “How often?”: 8 on 3 Sep 2026. 4 on 4 Sep 2026."
    )


def fortnight(values: Sequence[float], step: int = 4) -> tuple[progress.Point, ...]:
    first = date(2026, 9, 1).toordinal()
    return tuple(
        progress.Point(date.fromordinal(first + at * step).isoformat(), value) for at, value in enumerate(values)
    )


def test_no_trend_is_claimed_from_little() -> None:
    assert progress.trend(fortnight([1, 2, 3, 4]), 10) is None
    assert progress.trend(fortnight([1, 2, 3, 4, 5], step=3), 10) is None, "five within thirteen days"
    assert progress.trend(fortnight([1, 2, 3, 4, 5]), 10) is not None


@pytest.mark.parametrize(
    ("values", "better", "direction"),
    [
        ([1, 2, 3, 4, 5], "up", "improving"),
        ([5, 4, 3, 2, 1], "up", "worsening"),
        ([1, 2, 3, 4, 5], "down", "worsening"),
        ([5, 4, 3, 2, 1], "down", "improving"),
        ([3, 3, 3, 3, 3], "up", "steady"),
        ([1, 2, 100, 4, 5], "up", "improving"),
        ([1, 2, 3, 4, 5], "keep", "improving"),
        ([5, 6, 7, 8, 9], "keep", "worsening"),
        ([5, 5.01, 5.02, 5.03, 5.04], "up", "steady"),
    ],
)
def test_a_trend_goes_the_way_that_is_wanted_or_not(values: list[float], better: str, direction: str) -> None:
    found = progress.trend(fortnight(values), 10, better, aim=5)
    assert found is not None
    assert found.direction == direction


def test_a_slope_is_the_middle_one_per_week() -> None:
    found = progress.trend(fortnight([1, 2, 3, 4, 50], step=7), 10)
    assert found is not None
    assert found.per_week == 1.0


def test_what_was_long_ago_makes_no_trend() -> None:
    long_ago, lately = [10.0] * 40, [1.0] * progress.LATEST_DAYS
    found = progress.trend(fortnight([*long_ago, *lately], step=1), 10)
    assert found is not None
    assert found.direction == "steady"


def test_attainment_is_one_figure_over_goals_with_such_a_scale(pages: Pages) -> None:
    assert progress.progress(pages.state).attainment_t is None
    levels = {"level_minus_1": "I go quiet", "level_0": "I say it once", "level_plus_1": "I say it in time"}
    first, second, plain_goal = pages.goal(1), pages.goal(2), pages.goal(3)
    one = pages.measure(10, first, type="attainment", weight=2, **levels)
    two = pages.measure(11, second, type="attainment")
    pages.numbers(first, one, {"2026-09-01": -1, "2026-09-20": 1}, 500)
    pages.numbers(second, two, {"2026-09-01": 0}, 600)
    pages.numbers(plain_goal, None, {"2026-09-01": 2}, 700)
    found = progress.progress(pages.state)
    # 50 + 10·2 / √(0.7·5 + 0.3·9)
    assert found.attainment_t == pytest.approx(58.03, abs=0.005)
    assert found.goals[0].series[0].level == "I say it in time"
    assert "Now: “I say it in time”." in found.goals[0].words


def test_steps_count_as_progress_and_dropped_ones_do_not_count_at_all(pages: Pages) -> None:
    goal = pages.goal(1)
    for number in range(4):
        pages.write("milestone.added", id=entity(20 + number), goal=goal, title=f"Step {number}")
    pages.write("milestone.status_changed", id=entity(20), status="reached", on="2026-09-02")
    pages.write("milestone.revised", id=entity(21), progress=40)
    pages.write("milestone.status_changed", id=entity(22), status="dropped", on="2026-09-02")
    [one] = progress.progress(pages.state).goals
    assert (one.steps, one.steps_reached) == (3, 1)
    assert one.words == "One of three steps reached. One step under way."


def test_progress_can_be_asked_of_one_goal(pages: Pages) -> None:
    first, second = pages.goal(1), pages.goal(2)
    pages.numbers(first, None, {"2026-09-01": 5})
    pages.numbers(second, None, {"2026-09-01": 6}, 600)
    found = progress.progress(pages.state, {second})
    assert [(g.id, g.series[0].now) for g in found.goals] == [(second, 6)]
