"""A brief: what happened since the last session, and what is to be brought to the next, on one sheet of A4."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Annotated, NamedTuple
from xml.etree.ElementTree import Element

from msgspec import Meta, Struct

from milepost.plugin_api import Checkin, ExportContext, Exporter, JournalView
from milepost_report import since_then
from milepost_report.chosen import today_of
from milepost_report.page import Child, html, said, tag
from milepost_report.since_then import GoalNews, Since
from milepost_report.wording import counted, name_of, one_line, say_day, short

SHEET_LINES, LINE_WIDTH = 52, 84
"""Lines on a sheet, and characters in a line, as small letters of a wide typeface have room."""
CUTS = (
    *((most, 260) for most in (16, 12, 9, 7, 5)),
    *((most, long) for most in (4, 3, 2, 1) for long in (260, 180, 110)),
)
"""How many rows of a section, and how many characters of a row, are shown: the first that fits on a sheet."""


class BriefSettings(Struct, frozen=True, kw_only=True):
    """From when a brief goes."""

    since: Annotated[
        date | None, Meta(description="From this day on, as in 2026-06-01, not from the last session.")
    ] = None


class BriefExporter(Exporter[BriefSettings]):
    """A page to take along, in the person's own words."""

    format = "brief"
    media_type = "text/html; charset=utf-8"
    file_name = "milepost-brief.html"
    settings = BriefSettings
    private = True

    def render(self, view: JournalView, context: ExportContext[BriefSettings]) -> bytes:
        today = today_of(view, context)
        wanted = context.settings.since
        since = since_then.since_day(wanted, view) if wanted else Since()
        if wanted is None and today is not None:
            since = since_then.last_session(view, today)
        sections = [one for one in _sections(view, since, context) if one.rows]
        title = _title(since)
        head: list[Child] = [tag("h1", title)]
        if today is not None:
            head.append(tag("p", f"Up to {say_day(today.isoformat())}.", class_="about"))
        if since.assumed:
            head.append(tag("p", "Nobody said whether it was held.", class_="about"))
        body = _on_one_sheet(sections) or [tag("p", "Nothing was noted since then, which is fine.")]
        return html(title, "brief", tag("header", *head), *body)


class Row(NamedTuple):
    """A person's words with what is said before and after them, and the rows below."""

    words: str
    before: str = ""
    after: str = ""
    below: tuple["Row", ...] = ()


class Section(NamedTuple):
    """Rows under a heading, and how many more there are."""

    heading: str
    rows: list[Row]
    more: int = 0


def _title(since: Since) -> str:
    if not since.day:
        return "Since the beginning"
    return f"Since {'the session of ' if since.of_session else ''}{say_day(since.day)}"


def _sections(view: JournalView, since: Since, context: ExportContext[BriefSettings]) -> Iterator[Section]:
    news, apart = since_then.goal_news(view, since)
    worth = [f"“{name_of(goal)}” has been harder lately." for goal in since_then.harder(view, news)]
    yield Section("Worth talking about", _rows(worth))
    topics = [since_then.say_topic(topic, view) for topic in view.topics if topic.status == "open"]
    yield Section("To bring", _rows(topics))
    yield Section("What to keep of last time", _rows(since_then.takeaways(view, since)))
    yield Section("How it went", [_news(one) for one in news])
    yield Section("Other notes", [_note(one) for one in apart])
    reached = since_then.reached(view, since)
    yield Section("Reached", [_row(name_of(step), after=f" ({say_day(step.on)})") for step in reached])
    yield Section("Put differently", _rows(since_then.put_differently(view, since, context.history)))
    forms = since_then.filled_in(view, since)
    yield Section(
        "Filled in", [_row(form.instrument, after=f" ({say_day(form.on)}): {score}") for form, score in forms]
    )


def _rows(words: list[str]) -> list[Row]:
    return [_row(one) for one in words if one]


def _row(words: object, before: str = "", after: str = "") -> Row:
    return Row(one_line(words), before, after)


def _note(one: Checkin) -> Row:
    return _row(one.note, before=f"{say_day(one.on)}: ")


def _news(one: GoalNews) -> Row:
    after = f"{f': {one.so_far}' if one.so_far else ''} ({counted(one.checkins, 'check-in')})"
    return _row(name_of(one.goal), after=after)._replace(below=tuple(map(_note, one.notes)))


def _on_one_sheet(sections: list[Section]) -> list[Element]:
    """As much of each section as there is room for, the latest notes of each goal; what is left out is counted."""
    cut = sections
    for most, characters in CUTS:
        cut = [_cut_section(section, most, characters) for section in sections]
        if sum(_lines(section) for section in cut) <= SHEET_LINES:
            break
    return [_section(section) for section in cut]


def _cut_section(section: Section, most: int, characters: int) -> Section:
    rows = [_cut(row, most // 3, characters) for row in section.rows[:most]]
    return Section(section.heading, rows, len(section.rows) - len(rows))


def _cut(row: Row, notes: int, characters: int) -> Row:
    below = tuple(_cut(note, 0, characters) for note in row.below[-notes:]) if notes else ()
    return row._replace(words=short(row.words, characters), below=below)


def _lines(section: Section) -> int:
    """How many lines of a sheet a section takes; a heading takes two."""
    return 2 + bool(section.more) + sum(_height(one) for row in section.rows for one in (row, *row.below))


def _height(row: Row) -> int:
    """Lines that a row takes without what is below it: capitals are half as wide again, East Asia's characters twice."""
    words = f"{row.before}{row.words}{row.after}"
    width = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1.5 if c.isupper() or c in "mwMW@" else 1 for c in words
    )
    return 1 + int(width // LINE_WIDTH)


def _item(row: Row) -> Element:
    below = tag("ul", *map(_item, row.below)) if row.below else None
    return tag("li", row.before, said(row.words), row.after, below)


def _section(section: Section) -> Element:
    rows = map(_item, section.rows)
    rest = [tag("li", f"and {section.more} more", class_="about")] if section.more else []
    return tag("section", tag("h2", section.heading), tag("ul", *rows, *rest))
