"""Numbers in the order of their days, put together by week or month where they are many; knows no format.

A day on which nothing was said is no number, and a week or month without any is not there.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from msgspec import Struct

from milepost.plugin_api import Checkin, Measure, direction
from milepost_report.wording import (
    MOST_OF_A_UNIT,
    Number,
    day_of,
    is_number,
    one_line,
    say_day,
    say_month,
    say_number,
    say_value,
    short,
)

DRAWN = (("day", 31), ("week", 60), ("month", 240))
WRITTEN = (("day", 8), ("week", 8), ("month", 18))
"""So many days, weeks or months are drawn, or written down in a table, one by one; more are put together by what is longer."""
_HALF = {"day": 0, "week": 3, "month": 14, "year": 182}
_TREND_WORDS = {
    "improving": "Lately it has been getting better.",
    "worsening": "Lately it has been harder.",
    "steady": "Lately it has stayed about the same.",
}


class Group(Struct, frozen=True):
    """The numbers of a day, a week or a month: where it is drawn, what it is called, how many there were."""

    day: date
    label: str
    low: Number
    middle: Number
    high: Number
    count: int


class Series(Struct, frozen=True, kw_only=True):
    """Numbers that answer one question: `groups` to draw, each a `by`, and `rows` to write down, each a `rows_by`. `low`
    and `high` are the ends of its scale, where it has them.
    """

    question: str
    by: str
    groups: tuple[Group, ...]
    rows_by: str
    rows: tuple[Group, ...]
    first: Number
    latest: Number
    since: str
    unit: str = ""
    low: Number | None = None
    high: Number | None = None
    target: Number | None = None
    trend: str = ""

    @property
    def words(self) -> str:
        """What it says, in a sentence or two."""
        latest = say_value(self.latest, self.unit)
        if len(self.groups) == 1 and self.groups[0].count == 1:
            return f"{latest} on {say_day(self.since)}."
        first = say_number(self.first)
        same = f"{latest}, the same as on {say_day(self.since)}."
        words = same if self.first == self.latest else f"From {first} to {latest} since {say_day(self.since)}."
        return f"{words} {self.trend}".strip()


def series_of(checkins: Iterable[Checkin], measures: Sequence[Measure]) -> list[Series]:
    """A series for each measure that has numbers, the one begun first before the others."""
    numbers: dict[str | None, list[tuple[str, Number]]] = {}
    for one in checkins:
        if is_number(one.value) and isinstance(one.on, str) and day_of(one.on):
            numbers.setdefault(one.measure, []).append((one.on, one.value))
    known = {measure.id: measure for measure in measures}
    return [read(points, known.get(measure or "")) for measure, points in numbers.items()]


def read(points: Sequence[tuple[str, Number]], measure: Measure | None = None, question: str = "") -> Series:
    """A series of (day, number); of at least one, each with a day that can be read."""
    points = sorted(points, key=lambda point: point[0])
    by, groups = grouped(points, DRAWN)
    rows_by, rows = grouped(points, WRITTEN)
    low, high, target = (_number(getattr(measure, name, None)) for name in ("low", "high", "target"))
    open_ended = measure is None or measure.type not in {"scale", "attainment", "done"}
    if measure is not None and measure.type == "attainment":
        low, high = -2, 2
    trend = direction(points, measure) if measure is not None else None
    return Series(
        question=question or one_line(getattr(measure, "question", None)),
        by=by,
        groups=groups,
        rows_by=rows_by,
        rows=rows,
        first=points[0][1],
        latest=points[-1][1],
        since=points[0][0],
        unit=short(getattr(measure, "unit", None), MOST_OF_A_UNIT),
        low=low,
        high=None if open_ended else high,  # what can be counted without end may have a far limit
        target=target,
        trend=_TREND_WORDS.get(trend or "", ""),
    )


def grouped(points: Sequence[tuple[str, Number]], most: Iterable[tuple[str, int]]) -> tuple[str, tuple[Group, ...]]:
    """What the groups are (`day`, `week`, `month` or `year`), the shortest of which there are not too many; the groups."""
    days = [(date.fromisoformat(on), value) for on, value in points]
    by = next((by for by, limit in most if len({_begin(day, by) for day, _ in days}) <= limit), "year")
    found: dict[date, list[Number]] = {}
    for day, value in days:
        found.setdefault(_begin(day, by), []).append(value)
    return by, tuple(_group(begin, by, values) for begin, values in sorted(found.items()))


def _begin(day: date, by: str) -> date:
    """The first day of a day's week, month or year."""
    if by == "week":
        return date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[by]


def _group(begin: date, by: str, values: list[Number]) -> Group:
    label = {"month": say_month(begin), "year": str(begin.year)}.get(by) or say_day(begin.isoformat())
    # Drawn in its middle.
    drawn = date.fromordinal(min(begin.toordinal() + _HALF[by], date.max.toordinal()))
    return Group(drawn, label, min(values), median(values), max(values), len(values))


def say_range(group: Group) -> str:
    """The lowest and the highest number of a group, or nothing where they are the same."""
    return "" if group.low == group.high else f"{say_number(group.low)} to {say_number(group.high)}"


def _number(value: object) -> Number | None:
    return value if is_number(value) else None
