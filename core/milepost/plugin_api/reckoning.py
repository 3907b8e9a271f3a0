"""What Milepost works out and plugins need too, so that none of them does it by rules of its own; pure."""

from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Literal

from milepost.plugin_api.views import Measure
from milepost.views import progress, recurrence

Direction = Literal["improving", "worsening", "steady"]
Number = int | float


def occurrences(rule: str, start: date, first: date, last: date) -> list[date]:
    """The days from `first` to `last`, both included, on which something comes again that begins on `start`.

    `rule` is the value of an RRULE (RFC 5545, section 3.3.10), by whole days. One that can't be read has none. At most
    1,000 days, the earliest.
    """
    return recurrence.occurrences(rule, start, first, last)


def direction(points: Iterable[tuple[str, Number]], measure: Measure | None = None) -> Direction | None:
    """Where numbers of days like `2026-12-18` go lately, the earliest first, as `milepost progress` says it.

    None where there is too little to say so: no trend is claimed below five of them over two weeks. Without a measure,
    and where its `better` is not known, more is better.
    """
    found = [progress.Point(on, value) for on, value in points if isfinite(value)]
    if not found:
        return None
    low, high, target = (_known(getattr(measure, name, None)) for name in ("low", "high", "target"))
    values = [point.value for point in found]
    span = max(values) - min(values) if low is None or high is None else high - low
    better = (measure.better if measure else None) or "up"
    trend = progress.trend(found, span, better, values[0] if target is None else target)
    return trend.direction if trend else None


def _known(value: object) -> Number | None:
    return value if isinstance(value, int | float) else None
