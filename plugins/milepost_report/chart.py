"""A series drawn as a picture in the page (SVG), told apart by shapes and never by colour alone; knows no journal."""

from xml.etree.ElementTree import Element

from milepost_report.page import tag
from milepost_report.series import Group, Series
from milepost_report.wording import Number, say_day, say_number

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 12, 24
MOST_MARKS = 62
"""With more than so many points the line alone is drawn."""


def chart(series: Series, name: str, about: str) -> Element | None:
    """The picture of a series of at least two days; `name` sets its ids apart, `about` says what it is of."""
    groups = series.groups
    if len(groups) < 2:
        return None
    scale = _Scale(series)
    title, about_it, hatch = f"{name}-title", f"{name}-about", f"{name}-hatch"
    points = [(scale.x(group), scale.y(group.middle)) for group in groups]
    line = " ".join(f"{x},{y}" for x, y in points)
    marks = [tag("circle", cx=x, cy=y, r="3", class_="mark") for x, y in points] if len(points) <= MOST_MARKS else []
    return tag(
        "svg",
        tag("title", about, id=title),
        tag("desc", _described(series), id=about_it),
        *_band(groups, scale, hatch),
        *_axes(series, scale),
        *_target(series, scale),
        tag("polyline", points=line, class_="line"),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_labelledby=f"{title} {about_it}",
    )


class _Scale:
    """Where days and numbers lie in the picture, rounded so that the same series is the same picture everywhere."""

    def __init__(self, series: Series) -> None:
        groups = series.groups
        lowest = [group.low for group in groups] + [n for n in (series.low, series.target) if n is not None]
        highest = [group.high for group in groups] + [n for n in (series.high, series.target) if n is not None]
        self.low, self.high = min(lowest), max(highest)
        self.first = groups[0].day.toordinal()
        self.days = max(groups[-1].day.toordinal() - self.first, 1)

    def x(self, group: Group) -> str:
        part = (group.day.toordinal() - self.first) / self.days
        return _place(LEFT + 6 + part * (WIDTH - LEFT - RIGHT - 12))

    def y(self, value: Number) -> str:
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return _place(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM))


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(words: str, x: str, y: str, anchor: str, **attributes: str) -> Element:
    return tag("text", words, x=x, y=y, text_anchor=anchor, **attributes)


def _axes(series: Series, scale: _Scale) -> list[Element]:
    left, right, below = str(LEFT), str(WIDTH - RIGHT), str(HEIGHT - 6)
    found = []
    for value in (scale.low, scale.high) if scale.high > scale.low else (scale.low,):
        y = scale.y(value)
        found.append(tag("line", x1=left, x2=right, y1=y, y2=y, class_="axis"))
        found.append(_text(_brief_number(value), str(LEFT - 6), _place(float(y) + 4), "end"))
    first, last = series.groups[0], series.groups[-1]
    return [*found, _text(first.label, left, below, "start"), _text(last.label, right, below, "end")]


def _target(series: Series, scale: _Scale) -> list[Element]:
    """A dashed line, with its number where that is not at an end of the scale."""
    if series.target is None:
        return []
    y = scale.y(series.target)
    line = tag("line", x1=str(LEFT), x2=str(WIDTH - RIGHT), y1=y, y2=y, class_="target")
    ends = [float(scale.y(value)) for value in (scale.low, scale.high)]
    if min(abs(float(y) - end) for end in ends) < 12:
        return [line]
    return [line, _text(_brief_number(series.target), str(LEFT - 6), _place(float(y) + 4), "end")]


def _band(groups: tuple[Group, ...], scale: _Scale, hatch: str) -> list[Element]:
    """From the lowest to the highest of each week or month, hatched."""
    if all(group.low == group.high for group in groups):
        return []
    upper = [f"{scale.x(group)},{scale.y(group.high)}" for group in groups]
    lower = [f"{scale.x(group)},{scale.y(group.low)}" for group in reversed(groups)]
    lines = tag("path", d="M0 6L6 0", class_="hatch")
    pattern = tag("pattern", lines, id=hatch, width="6", height="6", patternUnits="userSpaceOnUse")
    return [
        tag("defs", pattern),
        tag("polygon", points=" ".join([*upper, *lower]), fill=f"url(#{hatch})", class_="band"),
    ]


def _brief_number(value: Number) -> str:
    """A number that fits beside the picture."""
    said = say_number(value)
    return said if len(said) <= 6 else f"{value:.1e}"


def _described(series: Series) -> str:
    low = min(group.low for group in series.groups)
    high = max(group.high for group in series.groups)
    first, last = series.groups[0], series.groups[-1]
    words = f"{series.words} The lowest was {say_number(low)}, the highest {say_number(high)}."
    if series.by != "day":
        words += f" Each point is the middle of a {series.by}, the hatching goes from its lowest to its highest."
    if series.target is not None:
        words += f" The dashed line is what was aimed at: {say_number(series.target)}."
    return f"{words} From {first.label if series.by == 'month' else say_day(first.day.isoformat())} to {last.label}."
