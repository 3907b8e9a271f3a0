"""Tasks of calendar files on their way in, friendly and hostile."""

import io
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry
from milepost.testing import ImporterConformance
from milepost_ics.importer import IcsImporter, Tasks
from tests.core.terminal import Milepost

GOAL = "Sleep"
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Somebody//Tasks//EN
BEGIN:VTODO
UID:1
SUMMARY:Screens off\\, at
  ten
DUE;VALUE=DATE:20261218
BEGIN:VALARM
SUMMARY:no title of a task
TRIGGER:-PT15M
END:VALARM
END:VTODO
BEGIN:VEVENT
UID:2
SUMMARY:no task
END:VEVENT
BEGIN:VTODO
UID:3
SUMMARY:Tell a friend
DUE;TZID=Europe/Vienna:20261220T183000
COMPLETED:20261120T120000Z
RRULE:FREQ=SECONDLY;INTERVAL=1
END:VTODO
BEGIN:VTODO
UID:4
SUMMARY:Called off
STATUS:CANCELLED
END:VTODO
BEGIN:VTODO
UID:5
SUMMARY:In UTC
DUE:20261220T183000Z
STATUS:NEEDS-ACTION
END:VTODO
END:VCALENDAR
""".replace("\n", "\r\n").encode()


def read(body: bytes, **more: Any) -> list[NewEntry]:
    found = list(IcsImporter().read(io.BytesIO(body), Tasks(goal=GOAL, **more)))
    assert all(isinstance(one, NewEntry) for one in found)
    return found  # type: ignore[return-value]


class TestTasks(ImporterConformance):
    importer = IcsImporter
    settings = Tasks(goal=GOAL)

    def file(self) -> bytes:
        return FILE

    def large(self) -> Iterator[bytes]:
        yield b"BEGIN:VCALENDAR\r\n"
        number = 0
        while True:
            number += 1
            yield f"BEGIN:VTODO\r\nUID:{number}\r\nSUMMARY:Step {number}\r\nX-LONG:{'x' * 5000}\r\nEND:VTODO\r\n".encode()

    def test_a_large_file_does_not_have_to_fit(self) -> None:
        """It is cut off somewhere: that is told once all before it was given."""
        with pytest.raises(InvalidInput, match="cut off"):
            super().test_a_large_file_does_not_have_to_fit()


def test_tasks_are_milestones_with_their_dates_and_whether_they_are_done() -> None:
    assert {one.external_id: dict(one.fields) for one in read(FILE)} == {
        "1": {"goal": GOAL, "title": "Screens off, at ten", "due": "2026-12-18"},
        "3": {
            "goal": GOAL, "title": "Tell a friend", "due": {"at": "2026-12-20T18:30:00", "time_zone": "Europe/Vienna"},
            "status": "reached", "on": "2026-11-20",
        },
        "5": {"goal": GOAL, "title": "In UTC", "due": {"at": "2026-12-20T18:30:00", "time_zone": "UTC"}},
    }  # fmt: skip
    assert [one.external_id for one in read(FILE, done=False)] == ["1", "5"]


def calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"hello", "Line 1: a calendar file begins with BEGIN:VCALENDAR"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "Line 1: this is 'VCARD' and no calendar"),
        (FILE[:-15], "Was it cut off?"),
        (calendar("END:VTODO"), "Line 2: 'VTODO' ends here and did not begin"),
        (calendar(*["BEGIN:VTODO"] * 5_000), "Line 17: more than 16 things lie within each other"),
        (calendar("BEGIN:VTODO", "SUMMARY:" + "x" * 1_000_000, "END:VTODO"), "Line 3: it has more than 65,536 bytes"),
        (calendar("BEGIN:VTODO", *["SUMMARY:x"] * 5_000, "END:VTODO"), "Line 2003: what began in line 2 has too many"),
        (calendar("BEGIN:VTODO", "SUMMARY:x", "DUE:tomorrow", "END:VTODO"), "Line 2: "),
        (calendar("BEGIN:VTODO", "SUMMARY:x", "DUE:99999999T999999Z", "END:VTODO"), "Line 2: "),
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:\xff\xfe\r\nEND:VTODO\r\n",
            "Line 2: this task is not text in UTF-8",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(body: bytes, words: str) -> None:
    started = time.process_time()
    with pytest.raises(InvalidInput, match=re.escape(words)):
        read(body)
    assert time.process_time() - started < 2


class Bomb(io.RawIOBase):
    """So many bytes of one kind after a beginning."""

    def __init__(self, begins: bytes, again: bytes, size: int) -> None:
        self._rest, self._again, self._left = begins, again * (65_536 // len(again) + 1), size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest and self._left > 0:
            self._rest = self._again
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        self._left -= len(part)
        return len(part)


@pytest.mark.parametrize(
    ("again", "size"),
    [
        (b"x", 100_000_000),
        (b" folded here at some length\r\n", 100_000_000),
        (b"RRULE:FREQ=SECONDLY;COUNT=999999999;BYSECOND=1,2,3\r\n" * 40, 20_000_000),
    ],
    ids=["one line", "folded lines", "rules"],
)
def test_a_hundred_megabytes_take_little_memory_and_seconds(again: bytes, size: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bomb = Bomb(b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nDESCRIPTION:", again, size)
    started = time.process_time()
    with pytest.raises(InvalidInput):
        list(IcsImporter().read(io.BufferedReader(bomb, 65_536), Tasks(goal=GOAL)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB
    assert time.process_time() - started < 60


def tasks(number: int) -> bytes:
    return calendar(*[f"BEGIN:VTODO\r\nSUMMARY:{'x' * 50}\r\nDUE;VALUE=DATE:20270101\r\nEND:VTODO"] * number)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (tasks(200_000), "more than 5,000 tasks"),
        (calendar("BEGIN:VEVENT", *["X:1"] * 6_000_000, "END:VEVENT"), "more than 25 MB"),
    ],
    ids=["tasks", "bytes"],
)
def test_a_file_of_too_much_is_refused_at_once_with_what_to_do(tmp_path: Path, body: bytes, words: str) -> None:
    path = tmp_path / "tasks.ics"
    path.write_bytes(body)
    started = time.process_time()
    with path.open("rb") as file, pytest.raises(InvalidInput, match=words) as refused:
        next(IcsImporter().read(file, Tasks(goal=GOAL)))
    assert "Export one list at a time" in str(refused.value)
    assert time.process_time() - started < 2


def test_as_many_tasks_as_may_be_are_taken_wherever_pieces_of_the_file_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost_ics.importer.MAX_TASKS", 50)
    for piece in range(1, 200):
        monkeypatch.setattr("milepost_ics.lines._PIECE", piece)
        assert len(read(tasks(50))) == 50
        with pytest.raises(InvalidInput, match="more than 50 tasks"):
            next(IcsImporter().read(io.BytesIO(tasks(51)), Tasks(goal=GOAL)))


def test_a_file_that_is_read_but_once_is_refused_where_it_has_too_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost_ics.importer.MAX_TASKS", 50)
    stream = io.BufferedReader(Bomb(b"BEGIN:VCALENDAR\r\n", b"BEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO\r\n", 1_000_000))
    with pytest.raises(InvalidInput, match="more than 50 tasks"):
        list(IcsImporter().read(stream, Tasks(goal=GOAL)))


lines = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60)
names = st.sampled_from(
    ["SUMMARY", "DUE", "UID", "STATUS", "COMPLETED", "BEGIN", "END", "DUE;TZID=X", "PERCENT-COMPLETE"]
)
values = st.sampled_from(["VTODO", "VCALENDAR", "20261218", "20261218T100000", "COMPLETED", "x"]) | lines


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(lambda name, value: f"{name}:{value}", names, values) | lines, max_size=12))
def test_any_file_is_read_or_refused_in_words(inside: list[str]) -> None:
    try:
        for entry in read(calendar("BEGIN:VTODO", *inside, "END:VTODO")):
            assert entry.fields["title"]
    except InvalidInput as error:
        assert str(error)


def test_what_an_icalendar_library_wrote_is_read_back() -> None:
    todo = icalendar.Todo()
    todo.add("uid", "x" * 600)
    todo.add("summary", "Ein sehr langer Titel, mit Umläuten: " + "äöü " * 30)
    body = icalendar.Calendar()
    body.add_component(todo)
    (entry,) = read(bytes(body.to_ical()))
    assert entry.fields["title"].startswith("Ein sehr langer Titel, mit Umläuten: äöü äöü")
    assert len(entry.external_id) == 64


@pytest.fixture
def milepost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Milepost:
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "device"))
    return Milepost(capsys)


def test_it_is_tried_first_brought_in_once_and_taken_back(tmp_path: Path, milepost: Milepost) -> None:
    path = tmp_path / "tasks.ics"
    path.write_bytes(FILE)
    milepost("goal", "add", GOAL)
    command = ["import", "ics", str(path), "--set", f"goal={GOAL}"]
    assert milepost(*command, "--dry-run")["made"] == 3
    assert milepost("milestone", "list") == []
    assert milepost(*command)["made"] == 3
    found = {one["title"]: one["status"] for one in milepost("milestone", "list")}
    assert found == {"Screens off, at ten": "planned", "Tell a friend": "reached", "In UTC": "planned"}
    again = milepost(*command)
    assert (again["made"], again["changed"]) == (0, 0)
    milepost("import", "undo", "--yes")
    assert milepost("milestone", "list") == []
    assert "`goal` is missing" in milepost.fails(2, "import", "ics", str(path))
    path.write_bytes(tasks(6_000))
    assert "more than 5,000 tasks" in milepost.fails(2, *command)
    assert milepost("milestone", "list") == []
