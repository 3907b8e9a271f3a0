"""Reads a Daylio export (CSV): moods as numbers, activities as practices, words as notes.

Daylio does not document its table. Exports have the heads full_date, date, weekday, time, mood, activities, note_title and
note, since 2026 also scales, with commas or tabs between; a spreadsheet that saves one again may put semicolons there.
Activities are joined by ` | `, the time is as the phone shows it.
Moods can be called anything, so a person says what theirs count. An entry is known by its minute.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, BinaryIO

from msgspec import Meta, Struct

from milepost.plugin_api import Importer, InvalidInput, JournalView, NewEntry, NotTaken, names
from milepost_import.pairs import not_there, numbers, pairs, plain

MAX_BYTES = 32 * 1024 * 1024
"""Of an export: decades of moods are a few."""
MAX_NAMED = 20
"""Moods that are named where they have no number."""
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap])?\.?\s*m?\.?", re.IGNORECASE)
_BLANKS = str.maketrans("\u202f\u00a0", "  ")
NEEDED = ("full_date", "time", "mood")

About = Annotated[
    str, names("goal", "measure"), Meta(description="The goal or measure that moods are noted for; may be left out.")
]
Moods = Annotated[
    tuple[str, ...],
    Meta(description="What each mood counts, as in rad=5, good=4; those of your own names need it."),
]
Practices = Annotated[
    tuple[str, ...],
    names("practice"),
    Meta(description="Activities that are practices here, as in meditation=Breathing."),
]


class DaylioSettings(Struct, frozen=True, kw_only=True):
    """What is to come of an export."""

    about: About = ""
    moods: Moods = ("rad=5", "good=4", "meh=3", "bad=2", "awful=1")
    practices: Practices = ()
    notes: Annotated[bool, Meta(description="Whether notes come along.")] = True
    activities: Annotated[bool, Meta(description="Whether the names of activities come along, as a note.")] = False


class DaylioImporter(Importer[DaylioSettings]):
    """A check-in for each mood, and for each activity that is a practice."""

    format = "daylio"
    title = "CSV export of Daylio"
    settings = DaylioSettings

    def read(self, file: BinaryIO, settings: DaylioSettings) -> Iterator[NewEntry | NotTaken]:
        body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise InvalidInput(f"The file has more than {MAX_BYTES // 1024**2} MB, and is no export of Daylio.")
        wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            text = io.StringIO(body.decode("utf-16" if wide else "utf-8-sig"), newline="")
        except UnicodeError:
            raise InvalidInput(
                "The file is not text in UTF-8, as Daylio exports it. If it was opened in a spreadsheet, save it there as "
                "“CSV UTF-8”."
            ) from None
        # All of it is looked at before anything comes in: a mood without a number may stand anywhere.
        yield from list(_Export(settings, self.view).entries(text))


class _Export:
    def __init__(self, settings: DaylioSettings, view: JournalView) -> None:
        self._settings = settings
        self._about = _about(settings.about, view)
        self._moods = numbers("moods", settings.moods)
        self._practices = pairs("practices", settings.practices)
        self._minutes = Counter[str]()
        self._unknown: dict[str, None] = {}
        self._seen = set[str]()
        self._empty = 0

    def entries(self, text: io.StringIO) -> Iterator[NewEntry | NotTaken]:
        head, before = text.readline(), 1
        if head.lower().startswith("sep="):  # a spreadsheet's own line
            head, before = text.readline(), 2
        heads = [plain(cell) for cell in next(csv.reader([head], delimiter=_between(head)), [])]
        missing = [name for name in NEEDED if name not in heads]
        if missing:
            raise InvalidInput(f"That is no export of Daylio: it has no column {', '.join(missing)}.")
        rows = csv.reader(text, delimiter=_between(head), strict=True)
        try:
            for row in rows:
                if not any(row):
                    continue
                cells = dict(zip(heads, (cell.strip() for cell in row), strict=False))
                try:
                    found = self._of(cells)
                except ValueError as error:
                    raise InvalidInput(f"Line {rows.line_num + before}: {error}") from None
                self._empty += not found
                yield from found
        except csv.Error as error:
            raise InvalidInput(f"Line {rows.line_num + before} is not CSV: {error}.") from None
        if self._unknown:
            names_ = list(self._unknown)[:MAX_NAMED]
            like = ", ".join(f"{name}=…" for name in names_)
            raise InvalidInput(
                f"Say what these moods count: {', '.join(names_)}. `--set moods='{like}'` gives each its number; "
                "name all of yours in it."
            )
        if self._empty:
            yield NotTaken(name=f"lines ({self._empty:,})", reason="They have no mood, no note, and nothing you chose.")
        yield from not_there("activity", self._practices, self._seen)

    def _of(self, cells: Mapping[str, str]) -> list[NewEntry]:
        on = _day(cells.get("full_date", ""))
        at = f"{on}T{_minute(cells.get('time', ''))}:00"
        self._minutes[at] += 1
        times = self._minutes[at]
        key = at if times == 1 else f"{at} {times}"
        fields: dict[str, Any] = {"on": on, "at": at}
        mood = plain(cells.get("mood", ""))
        if mood and mood not in self._moods:
            self._unknown.setdefault(cells["mood"])
            return []
        activities = [one for part in cells.get("activities", "").split("|") if (one := part.strip())]
        mine: dict[str, Any] = {**fields, **({"value": self._moods[mood]} if mood else {})}
        if note := self._note(cells, activities):
            mine["note"] = note
        if mood or "measure" not in self._about:  # words alone are no answer to a measure
            mine |= self._about
        entries: list[NewEntry] = []
        if "value" in mine or "note" in mine:
            entries.append(NewEntry(kind="checkin", external_id=key, fields=mine))
        for activity in dict.fromkeys(plain(one) for one in activities):
            if (practice := self._practices.get(activity)) is not None:
                self._seen.add(activity)
                done = {**fields, "subject": practice, "occurrence": on}
                entries.append(NewEntry(kind="checkin", external_id=f"{key} {activity}"[:500], fields=done))
        return entries

    def _note(self, cells: Mapping[str, str], activities: list[str]) -> str:
        parts = (
            [cells.get("note_title", ""), cells.get("note", "").replace("<br>", "\n")] if self._settings.notes else []
        )
        if self._settings.activities:
            parts.append(", ".join(activities))
        return "\n".join(part for part in parts if part)


def _about(name: str, view: JournalView) -> dict[str, str]:
    """What names the goal that moods are noted for, and the measure where it is one."""
    goal = next((one.goal for one in view.measures if one.id == name), None)
    return {"subject": goal, "measure": name} if goal else {"subject": name} if name else {}


def _between(head: str) -> str:
    """What is between cells: commas or tabs as Daylio writes it, or semicolons as spreadsheets of many countries save it."""
    return max(",;\t", key=head.count)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day like 2026-05-20") from None


def _minute(text: str) -> str:
    """`22:13`, `10:13 PM` or `10:13 p. m.` as 22:13."""
    found = _TIME.fullmatch(text.translate(_BLANKS).strip())
    hour = int(found[1]) if found else 99
    if found and found[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found[3] in "pP" else 0)
    if found is None or hour > 23 or int(found[2]) > 59:
        raise ValueError(f"{text[:40]!r} is no time like 22:13 or 10:13 PM")
    return f"{hour:02}:{found[2]}"
