"""Reads the CSV export of Loop Habit Tracker: a zip with `Habits.csv`, and a folder with `Checkmarks.csv` for each habit."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date

from milepost.plugin_api import InvalidInput
from milepost_import.habits import DONE, Done, Habit, value_of
from milepost_import.pairs import plain

MAX_UNPACKED = 64 * 1024 * 1024
"""Of everything that is read of the zip."""
MAX_FILES = 10_000
NAMES = {"yes_manual": DONE, "yes_auto": 1, "no": 0, "skip": 3, "unknown": -1}
"""What values are called since version 2.1; before, and where something is counted, they are numbers."""
_FOLDER = re.compile(r"(\d+)[^/]*/checkmarks\.csv", re.IGNORECASE)
_DAMAGED = "The export is damaged, or is none of Loop Habit Tracker's: it should have `Habits.csv` in it."


def habits(body: bytes) -> Iterator[Habit]:
    """The habits in their order.

    Raises:
        InvalidInput: it is no such export, or unpacks to too much.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            files = _Files(packed)
            rows = list(csv.DictReader(files.lines("habits.csv")))
            found = [_habit(row, files) for row in rows]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        csv.Error,
        UnicodeError,
    ) as error:
        raise InvalidInput(_DAMAGED) from error
    yield from found


class _Files:
    """The tables of an export, each read whole, all of them within a bound."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        members = packed.infolist()
        if len(members) > MAX_FILES:
            raise InvalidInput("The export has far more files in it than Loop Habit Tracker writes.")
        self._packed, self._left = packed, MAX_UNPACKED
        self._by_name = {one.filename.lower(): one for one in members}
        self._folders = {int(found[1]): one for one in members if (found := _FOLDER.fullmatch(one.filename))}

    def lines(self, name: str) -> io.StringIO:
        """One by its name."""
        if name not in self._by_name:
            raise InvalidInput(_DAMAGED)
        return self._read(self._by_name[name])

    def days(self, position: int) -> io.StringIO:
        """Those of the habit at a place: its folder begins with that, as its name may be left with no letter."""
        return self._read(self._folders[position]) if position in self._folders else io.StringIO()

    def _read(self, member: zipfile.ZipInfo) -> io.StringIO:
        with self._packed.open(member) as file:
            data = file.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise InvalidInput("The export unpacks to far more than Loop Habit Tracker writes.")
        return io.StringIO(data.decode("utf-8-sig"), newline="")


def _habit(row: Mapping[str | None, str], files: _Files) -> Habit:
    cells = {plain(name): (value or "").strip() for name, value in row.items() if name and isinstance(value, str)}
    position = _number(cells.get("position"), 0)
    counted = cells.get("type", "").upper() == "NUMERICAL"
    days: dict[str, Done] = {}
    for line in csv.DictReader(files.days(position), fieldnames=("date", "value", "notes")):
        done, amount = value_of(_value(line.get("value")), counted=counted)
        on = _day(line.get("date"))
        if on and done:
            days.setdefault(on, Done(on, amount, line.get("notes") or ""))
    return Habit(
        name=" ".join(cells.get("name", "").split()),
        counted=counted,
        times=_number(cells.get("frequencynumerator", cells.get("numrepetitions")), 1),
        days=_number(cells.get("frequencydenominator", cells.get("interval")), 1),
        archived=cells.get("archived?", "").lower() == "true",
        done=tuple(days[on] for on in sorted(days)),
    )


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


def _value(text: str | None) -> int:
    wanted = (text or "").strip().lower()
    if wanted in NAMES:
        return NAMES[wanted]
    return int(wanted) if re.fullmatch(r"-?\d{1,15}", wanted) else -1


def _day(text: str | None) -> str:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return ""
