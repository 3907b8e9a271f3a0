"""Habits of Loop Habit Tracker come in with their history, out of its database as out of its CSV."""

import io
import sqlite3
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry, NotTaken, occurrences
from milepost.testing import FakeHost, FakeJournal, ImporterConformance
from milepost_import import LoopImporter
from milepost_import.habits import recurrence
from milepost_import.loop import LoopSettings

GOLDENS = Path(__file__).parent / "goldens"
HABITS, CHECKS = (GOLDENS / "loop-habits.csv").read_bytes(), (GOLDENS / "loop-checkmarks.csv").read_bytes()
WALKS = b"Date,Value,Notes\n2026-05-03,5250,\n2026-05-02,0,\n2026-05-01,4000,by the river\n"


def packed(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


def exported() -> bytes:
    return packed(
        **{
            "Habits.csv": HABITS,
            "001 Meditate/Checkmarks.csv": CHECKS,
            "001 Meditate/Scores.csv": b"Date,Score\n",
            "002 Walk fast/Checkmarks.csv": WALKS,
            "003/Checkmarks.csv": b"Date,Value,Notes\n2026-01-05,YES_MANUAL,\n",
            "Checkmarks.csv": b"Date,Meditate,\n",
        }
    )


SCHEMA = """
CREATE TABLE Habits (id INTEGER PRIMARY KEY AUTOINCREMENT, archived INTEGER, color INTEGER, description TEXT,
    freq_den INTEGER, freq_num INTEGER, highlight INTEGER, name TEXT, position INTEGER, reminder_hour INTEGER,
    reminder_min INTEGER, reminder_days INTEGER NOT NULL DEFAULT 127, type INTEGER NOT NULL DEFAULT 0,
    target_type INTEGER NOT NULL DEFAULT 0, target_value REAL NOT NULL DEFAULT 0, unit TEXT NOT NULL DEFAULT '',
    question TEXT, uuid TEXT);
CREATE TABLE Repetitions (id INTEGER PRIMARY KEY AUTOINCREMENT, habit INTEGER REFERENCES Habits(id), timestamp INTEGER,
    value INTEGER, notes TEXT);
PRAGMA user_version = 25;
"""
SCHEMA_9 = """
CREATE TABLE Habits (id INTEGER PRIMARY KEY AUTOINCREMENT, archived INTEGER, color INTEGER, description TEXT,
    freq_den INTEGER, freq_num INTEGER, skip_days INTEGER, skip_days_list INTEGER, highlight INTEGER, name TEXT,
    position INTEGER, reminder_hour INTEGER, reminder_min INTEGER);
CREATE TABLE Repetitions (id INTEGER PRIMARY KEY AUTOINCREMENT, habit INTEGER REFERENCES Habits(id), timestamp INTEGER);
PRAGMA user_version = 9;
"""


def ms(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def database(schema: str, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema)
    for statement, values in statements:
        connection.execute(statement, values)
    connection.commit()
    body = connection.serialize()
    connection.close()
    return body


def backup() -> bytes:
    habit = "INSERT INTO Habits (id, name, freq_num, freq_den, archived, type, position, unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    done = "INSERT INTO Repetitions (habit, timestamp, value, notes) VALUES (?, ?, ?, ?)"
    return database(SCHEMA, [
        (habit, (7, "Walk, fast", 3, 7, 0, 1, 1, "km")),
        (habit, (3, "Meditate", 1, 1, 0, 0, 0, "")),
        (habit, (9, "読書", 1, 30, 1, 0, 2, "")),
        (done, (3, ms("2026-05-03"), 2, "short, but good")),
        (done, (3, ms("2026-05-02"), 3, "ill")),
        (done, (3, ms("2026-04-30"), 2, None)),
        (done, (3, ms("2026-04-29"), 0, "")),
        (done, (7, ms("2026-05-03"), 5250, "")),
        (done, (7, ms("2026-05-02"), 0, "")),
        (done, (7, ms("2026-05-01"), 4000, "by the river")),
        (done, (9, ms("2026-01-05"), 2, "")),
    ])  # fmt: skip


class TestLoopCsv(ImporterConformance):
    importer = LoopImporter
    settings = LoopSettings()

    def file(self) -> bytes:
        return exported()


class TestLoopDatabase(TestLoopCsv):
    def file(self) -> bytes:
        return backup()


def read(file: bytes, **settings: Any) -> list[NewEntry]:
    found = FakeHost(LoopSettings(**settings)).read(LoopImporter(), file)
    return [one for one in found if isinstance(one, NewEntry)]


@pytest.mark.parametrize("file", [exported(), backup()], ids=["CSV", "database"])
def test_habits_come_in_with_their_whole_history(file: bytes) -> None:
    found = read(file)
    practices = {one.external_id: dict(one.fields) for one in found if one.kind == "practice"}
    assert practices == {
        "habit meditate": {"title": "Meditate", "recurrence": "FREQ=DAILY", "start": "2026-04-30"},
        "habit walk, fast": {"title": "Walk, fast", "recurrence": "FREQ=WEEKLY;BYDAY=MO,WE,FR", "start": "2026-05-01"},
        "habit 読書": {
            "title": "読書", "recurrence": "FREQ=MONTHLY", "start": "2026-01-05", "status": "ended", "on": "2026-01-05",
        },
    }  # fmt: skip
    checkins = [(one.fields["subject"], one.fields["on"], one.fields.get("value"), one.fields.get("note")) for one in found
                if one.kind == "checkin"]  # fmt: skip
    assert checkins == [
        ("habit meditate", "2026-04-30", None, None),
        ("habit meditate", "2026-05-03", None, "short, but good"),
        ("habit walk, fast", "2026-05-01", 4, "by the river"),
        ("habit walk, fast", "2026-05-03", 5.25, None),
        ("habit 読書", "2026-01-05", None, None),
    ]


def test_an_archived_habit_without_a_day_comes_as_ended() -> None:
    habit = "INSERT INTO Habits (name, freq_num, freq_den, archived) VALUES ('Juggle', 1, 1, 1)"
    (practice,) = read(database(SCHEMA, [(habit, ())]))
    journal = FakeJournal(today="2026-12-01")
    assert journal.take([practice], "import loop") == ["made"]
    assert [one.status for one in journal.view().practices] == ["ended"]


def test_a_habit_that_is_named_and_not_in_the_file_is_told() -> None:
    for archived in (True, False):
        given = LoopSettings(practices=("meditate=Sitting", "読書=Reading", "nosuch=Breathing"), archived=archived)
        found = FakeHost(given).read(LoopImporter(), backup())
        assert [one.name for one in found if isinstance(one, NotTaken)] == ["habit 'nosuch'"]


def test_a_backup_and_an_export_of_the_same_record_everything_once() -> None:
    journal = FakeJournal()
    assert set(journal.take(read(backup()), "import loop")) == {"made"}
    assert set(journal.take(read(exported()), "import loop")) == {"nothing"}
    assert len(journal.view().practices) == 3


def test_a_habit_can_be_a_practice_that_is_there() -> None:
    journal = FakeJournal()
    breathing = journal.practice("Breathing")
    found = read(backup(), practices=(f"MEDITATE={breathing}",), archived=False, notes=False)
    assert [one.external_id for one in found if one.kind == "practice"] == ["habit walk, fast"]
    journal.take(found, "import loop")
    assert len([one for one in journal.view().checkins if one.subject == breathing]) == 2
    assert all(one.note is None for one in journal.view().checkins)


def test_the_oldest_databases_are_read() -> None:
    file = database(SCHEMA_9, [
        ("INSERT INTO Habits (id, name, freq_num, freq_den, position) VALUES (1, 'Stretch', 2, 7, 0)", ()),
        ("INSERT INTO Repetitions (habit, timestamp) VALUES (1, ?)", (ms("2016-02-29"),)),
    ])  # fmt: skip
    practice, done = read(file)
    assert practice.fields["recurrence"] == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert done.fields["on"] == "2016-02-29"


def test_exports_of_before_version_2_are_read() -> None:
    heads = b"Position,Name,Question,Description,NumRepetitions,Interval,Color\n001,Stretch,,,1,2,#000000\n"
    file = packed(**{"Habits.csv": heads, "001 Stretch/Checkmarks.csv": b"2016-02-29,2\n2016-02-28,1\n2016-02-27,0\n"})
    practice, done = read(file)
    assert (practice.fields["recurrence"], done.fields["on"]) == ("FREQ=DAILY;INTERVAL=2", "2016-02-29")


HOSTILE = """
CREATE VIEW Habits AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
    SELECT id, 'x' AS name, 1 AS freq_num, 1 AS freq_den FROM n;
CREATE TABLE Repetitions (habit INTEGER, timestamp INTEGER);
"""
GENERATED = """
CREATE TABLE Habits (id INTEGER, name TEXT GENERATED ALWAYS AS (zeroblob(1000000000)), freq_num INTEGER, freq_den INTEGER);
CREATE TABLE Repetitions (habit INTEGER, timestamp INTEGER);
INSERT INTO Habits (id, freq_num, freq_den) VALUES (1, 1, 1);
"""


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "neither a backup"),
        (b"SQLite format 3\0" + b"\1" * 4096, "damaged"),
        (backup()[:6000], "damaged"),
        (database("CREATE TABLE other (id);", []), "damaged"),
        (database(HOSTILE, []), "damaged"),
        (database(GENERATED, []), "damaged"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
        (packed(**{"other.csv": b""}), "should have `Habits.csv`"),
        (packed(**{"Habits.csv": b"Position,Name\n" + b"x" * (70 * 1024 * 1024)}), "unpacks to far more"),
    ],
)
def test_what_is_damaged_or_hostile_is_refused_with_a_word(file: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(file)


@settings(deadline=None)
@given(times=st.integers(-3, 400), days=st.integers(-3, 400))
def test_every_habit_comes_again_by_a_rule_that_a_journal_takes(times: int, days: int) -> None:
    journal = FakeJournal()
    journal.practice("Any", recurrence=recurrence(times, days), start="2026-05-01")
    (practice,) = journal.view().practices
    first = date(2026, 5, 1)
    assert occurrences(str(practice.recurrence), first, first, first + timedelta(400))
