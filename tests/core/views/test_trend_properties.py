"""What holds of every trend and every chart."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from milepost.cli import charts
from milepost.views import progress
from tests.core.views.logs import DAYS

series_of_points = st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 100)), max_size=40).map(
    lambda found: tuple(progress.Point(on, value) for on, value in sorted(found))
)


@given(series_of_points, st.integers(-50, 50))
def test_a_trend_does_not_hang_on_where_the_scale_begins(points: tuple[progress.Point, ...], more: int) -> None:
    moved = tuple(progress.Point(p.on, p.value + more) for p in points)
    assert progress.trend(points, 100) == progress.trend(moved, 100)


@given(series_of_points)
def test_what_is_better_upwards_is_worse_downwards(points: tuple[progress.Point, ...]) -> None:
    up, down = progress.trend(points, 100), progress.trend(points, 100, "down")
    opposite = {"improving": "worsening", "worsening": "improving", "steady": "steady"}
    assert (up is None) == (down is None)
    if up and down:
        assert (opposite[up.direction], up.per_week) == (down.direction, down.per_week)


@given(series_of_points, st.integers(2, 80), st.sampled_from([None, 0, 50]), st.sampled_from([None, 100, 60]))
def test_a_chart_is_never_empty_and_never_too_wide(
    points: tuple[progress.Point, ...], width: int, low: int | None, high: int | None
) -> None:
    lines = charts.chart(progress.Measured(points=points, low=low, high=high), width)
    if len({point.on for point in points}) < 2:
        assert lines == []
        return
    assert len(lines) == charts.HEIGHT + 1
    blocks = [line.partition("│")[2] for line in lines[:-1]]
    assert all(len(row) <= width for row in blocks)
    assert blocks[-1].strip(), "each number is seen"
    assert len(blocks[-1]) == min(
        width, (date.fromisoformat(points[-1].on) - date.fromisoformat(points[0].on)).days + 1
    )
