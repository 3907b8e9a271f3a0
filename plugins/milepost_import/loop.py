"""Reads Loop Habit Tracker's backup (a database) or its CSV export, with the whole history: a habit is a practice.

Its shapes are in its source, github.com/iSoron/uhabits: the database in `migrations/*.sql` (Habits and Repetitions, versions 9
to 26), what a value means in `Entry.kt`, the table in `HabitList.kt` and `HabitsCSVExporter.kt`. What was done by hand is a
check-in; what the app filled in by itself, skipped or left open is none. A habit is known by its name, as both shapes have it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, BinaryIO

from msgspec import Meta, Struct

from milepost.plugin_api import Importer, InvalidInput, NewEntry, NotTaken, names
from milepost_import import loop_csv, loop_database
from milepost_import.habits import Done, Habit, recurrence
from milepost_import.pairs import not_there, pairs, plain

MAX_BYTES = 64 * 1024 * 1024
"""Of a backup or an export."""


class LoopSettings(Struct, frozen=True, kw_only=True):
    """What is to come of the habits."""

    practices: Annotated[
        tuple[str, ...],
        names("practice"),
        Meta(description="Habits that are practices here already, as in Meditate=Breathing; others become new ones."),
    ] = ()
    notes: Annotated[bool, Meta(description="Whether notes come along.")] = True
    archived: Annotated[bool, Meta(description="Whether archived habits come along, as practices that ended.")] = True


class LoopImporter(Importer[LoopSettings]):
    """A practice for each habit, and a check-in for each day that it was done."""

    format = "loop"
    title = "backup or CSV export of Loop Habit Tracker"
    settings = LoopSettings

    def read(self, file: BinaryIO, settings: LoopSettings) -> Iterator[NewEntry | NotTaken]:
        body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise InvalidInput(
                f"The file has more than {MAX_BYTES // 1024**2} MB, and is nothing of Loop Habit Tracker's."
            )
        if body.startswith(loop_database.BEGINS):
            habits = loop_database.habits(body)
        elif body.startswith(b"PK\x03\x04"):
            habits = loop_csv.habits(body)
        else:
            raise InvalidInput(
                "That is neither a backup of Loop Habit Tracker (`Loop Habits Backup … .db`) nor its CSV export (a .zip)."
            )
        yield from _entries(habits, settings)


def _entries(habits: Iterator[Habit], settings: LoopSettings) -> Iterator[NewEntry | NotTaken]:
    known, names_seen, there = pairs("practices", settings.practices), Counter[str](), set[str]()
    for habit in habits:
        name = plain(habit.name)
        there.add(name)
        if not name or (habit.archived and not settings.archived):
            continue
        names_seen[name] += 1
        key = f"habit {name}"[:400] + (f" {names_seen[name]}" if names_seen[name] > 1 else "")
        practice = known.get(name)
        if practice is None:
            practice = key
            yield _practice(habit, key)
        for done in habit.done:
            yield _checkin(done, key, practice, notes=settings.notes)
    yield from not_there("habit", known, there)


def _practice(habit: Habit, key: str) -> NewEntry:
    fields = {"title": habit.name[:500], "recurrence": recurrence(habit.times, habit.days)}
    if habit.done:
        fields["start"] = habit.done[0].on
    if habit.archived:
        fields["status"] = "ended"
        if habit.done:
            fields["on"] = habit.done[-1].on
    return NewEntry(kind="practice", external_id=key, fields=fields)


def _checkin(done: Done, key: str, practice: str, *, notes: bool) -> NewEntry:
    fields = {"subject": practice, "on": done.on, "occurrence": done.on}
    if done.value is not None:
        fields["value"] = done.value  # type: ignore[assignment]
    if notes and done.note.strip():
        fields["note"] = done.note.strip()[:20_000]
    return NewEntry(kind="checkin", external_id=f"{key} {done.on}", fields=fields)
