"""A brief: what happened since the last session, and what is to be brought to the next, on one sheet of A4."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Annotated, NamedTuple
from xml.etree.ElementTree import Element

from msgspec import Meta, Struct

from milepost.plugin_api import ExportContext, Exporter, JournalView
from milepost_report import since_then
from milepost_report.chosen import today_of
from milepost_report.page import Child, html, said, tag
from milepost_report.since_then import GoalNews, Since
from milepost_report.wording import counted, name_of, say_day, short

SHEET_LINES, LINE_WIDTH = 52, 92
"""Lines on a sheet, and characters in a line, as narrow letters have room."""
MOST_CHARACTERS = 260
"""Of one note, or one topic."""


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
    """Words, in a row, and what is said below it."""

    words: str
    below: tuple[str, ...] = ()


class Section(NamedTuple):
    """Rows under a heading."""

    heading: str
    rows: list[Row]


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
    yield Section("Other notes", _rows([f"{say_day(one.on)}: {one.note}" for one in apart]))
    reached = [f"{name_of(step)} ({say_day(step.on)})" for step in since_then.reached(view, since)]
    yield Section("Reached", _rows(reached))
    yield Section("Put differently", _rows(since_then.put_differently(view, since, context.history)))
    forms = [f"{form.instrument} ({say_day(form.on)}): {score}" for form, score in since_then.filled_in(view, since)]
    yield Section("Filled in", _rows(forms))


def _rows(words: list[str]) -> list[Row]:
    return [Row(short(one, MOST_CHARACTERS)) for one in words if one]


def _news(one: GoalNews) -> Row:
    so_far = "" if not one.latest else one.latest if one.first == one.latest else f"{one.first} → {one.latest}"
    words = f"{name_of(one.goal)}{f': {so_far}' if so_far else ''} ({counted(one.checkins, 'check-in')})"
    notes = tuple(short(f"{say_day(note.on)}: {note.note}", MOST_CHARACTERS) for note in one.notes)
    return Row(short(words, MOST_CHARACTERS), notes)


def _on_one_sheet(sections: list[Section]) -> list[Element]:
    """As much of each section as there is room for, the latest notes of each goal; what is left out is counted."""
    cut = sections
    for most in (16, 12, 9, 7, 5, 4, 3, 2, 1):
        cut = [Section(heading, [_cut(row, most // 3) for row in rows[:most]]) for heading, rows in sections]
        if sum(_lines(section) for section in cut) <= SHEET_LINES:
            break
    left = {section.heading: len(section.rows) for section in sections}
    return [_section(section, left[section.heading] - len(section.rows)) for section in cut]


def _cut(row: Row, notes: int) -> Row:
    return Row(row.words, row.below[-notes:] if notes else ())


def _lines(section: Section) -> int:
    """How many lines of a sheet a section takes; a heading takes two."""
    return 2 + sum(_height(words) for row in section.rows for words in (row.words, *row.below))


def _height(words: str) -> int:
    """Lines that words take: capitals and the like are half as wide again, and the characters of East Asia twice."""
    width = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1.5 if c.isupper() or c in "mwMW@" else 1 for c in words
    )
    return 1 + int(width // LINE_WIDTH)


def _section(section: Section, more: int) -> Element:
    rows = [
        tag("li", said(row.words), tag("ul", *(said(note, "li") for note in row.below)) if row.below else None)
        for row in section.rows
    ]
    rest = [tag("li", f"and {more} more", class_="about")] if more else []
    return tag("section", tag("h2", section.heading), tag("ul", *rows, *rest))
