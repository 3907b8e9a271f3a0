"""Check-ins out of CSV: with commas, semicolons or tabs between the cells, in UTF-8, UTF-16 or what was said.

A line is a check-in by its day, what it is about, its value and its note. The same line again is the same check-in; a line
that was changed is another one, unless a column gives each line an id of its own.
"""

import codecs
import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, BinaryIO, Literal

from msgspec import Meta, Struct

from milepost.plugin_api import Entry, Importer, InvalidInput, NewEntry
from milepost_csv.cells import form_of, own_words, read_day, read_value

MAX_BAD_LINES = 5
"""Lines that are wrong and told at once."""
MAX_HEAD = 64 * 1024
COLUMNS = {
    "day": ("day", "date", "on"),
    "time": ("time",),
    "value": ("value", "rating"),
    "note": ("note", "notes", "comment"),
    "about": ("about", "goal"),
    "id": ("id",),
    "what": ("what",),
}
"""What a cell means → the heads of its column, where none was said."""


class Columns(Struct, frozen=True, kw_only=True):
    """How to read a table."""

    day: Annotated[str, Meta(description="The head of the column with the day.")] = ""
    time: Annotated[str, Meta(description="The head of the column with the time of day, as in 08:30.")] = ""
    value: Annotated[str, Meta(description="The head of the column with the value.")] = ""
    note: Annotated[str, Meta(description="The head of the column with the note.")] = ""
    about: Annotated[
        str, Meta(description="The head of the column with the title of the goal, milestone or practice.")
    ] = ""
    id: Annotated[str, Meta(description="The head of a column with something that tells each line from others.")] = ""
    goal: Annotated[str, Meta(description="What lines are about that don't say it: a title, or an id.")] = ""
    dates: Annotated[str, Meta(description="How days are written, as in DD.MM.YYYY or MM/DD/YYYY HH:mm.")] = ""
    decimal: Annotated[
        Literal["", ",", "."],
        Meta(description="What stands before the decimals. A comma, where semicolons are between."),
    ] = ""
    separator: Annotated[
        Literal["", ",", ";", "tab"], Meta(description="What stands between cells; looked up in the first line.")
    ] = ""
    encoding: Annotated[str, Meta(description="Of the text, as in cp1252; UTF-8 or UTF-16 if you don't say.")] = ""


class CsvImporter(Importer[Columns]):
    """A check-in for each line with a value or a note."""

    format = "csv"
    title = "check-ins out of a spreadsheet"
    settings = Columns

    def read(self, file: BinaryIO, settings: Columns) -> Iterator[Entry]:
        whole: io.BufferedReader[Any] = io.BufferedReader(file)
        text = _as_text(whole, settings.encoding)
        try:
            yield from _Table(text, settings).entries()
        except UnicodeError:
            raise InvalidInput(
                "The file is not text in UTF-8. Save it as UTF-8, or say what it is, as in `--set encoding=cp1252`."
            ) from None
        finally:
            text.detach()
            whole.detach()


def _as_text(file: "io.BufferedReader[Any]", encoding: str) -> io.TextIOWrapper:
    begins = file.peek(2)
    wide = begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return io.TextIOWrapper(file, encoding=encoding or ("utf-16" if wide else "utf-8-sig"), newline="")
    except LookupError:
        raise InvalidInput(f"No encoding is called {encoding!r}. Try utf-8, utf-16, cp1252 or mac_roman.") from None


class _Table:
    def __init__(self, text: io.TextIOWrapper, settings: Columns) -> None:
        self._text, self._settings = text, settings
        self._form = form_of(settings.dates) if settings.dates else ""
        self._before = 0
        self._day, self._that_day = "", Counter[str]()

    def entries(self) -> Iterator[Entry]:
        separator, rows = self._begun()
        self._decimal = self._settings.decimal or ("," if separator == ";" else ".")
        try:
            self._places = self._columns(next(rows, []))
            wrong: list[str] = []
            for row in rows:
                try:
                    entry = self._entry(row)
                except ValueError as error:
                    wrong.append(f"Line {self._before + rows.line_num}: {error}")
                    if len(wrong) == MAX_BAD_LINES:
                        break
                else:
                    # Once a line is wrong, the others are only looked at, so that all that is wrong can be told at once.
                    if entry is not None and not wrong:
                        yield entry
            if wrong:
                raise InvalidInput(" ".join(wrong))
        except csv.Error as error:
            raise InvalidInput(f"Line {self._before + rows.line_num} is not CSV: {error}.") from None

    def _begun(self) -> tuple[str, Any]:
        """What is between cells, and the rows from the heads on."""
        head = self._text.readline(MAX_HEAD)
        said = ""
        if head.lower().startswith("sep=") and len(head.strip()) == 5:
            said, head, self._before = head[4], self._text.readline(MAX_HEAD), 1
        if not head.strip():
            raise InvalidInput("The file is empty, or its first line is: that should have the heads of the columns.")
        found = {"tab": "\t"}.get(self._settings.separator, self._settings.separator) or said
        separator = found or max(",;\t", key=head.count)
        return separator, csv.reader(chain([head], self._text), delimiter=separator, strict=True)

    def _columns(self, heads: list[str]) -> dict[str, int]:
        """Meaning of a cell → its place in a row."""
        plain = [" ".join(head.casefold().split()) for head in heads]
        there = f"The file has: {', '.join(head.strip()[:40] for head in heads[:20])}."
        places: dict[str, int] = {}
        for name, usual in COLUMNS.items():
            said = getattr(self._settings, name, "")
            wanted = (" ".join(said.casefold().split()),) if said else usual
            place = next((plain.index(one) for one in wanted if one in plain), None)
            if place is not None:
                places[name] = place
            elif said:
                raise InvalidInput(f"There is no column {said!r}. {there}")
        if "day" not in places:
            raise InvalidInput(f"No column is called day or date. Say which it is, as in `--set day=When`. {there}")
        if not {"value", "note"} & places.keys():
            raise InvalidInput(f"Say where values or notes are, as in `--set value=Mood`. {there}")
        self._width = len(heads)
        return places

    def _entry(self, row: list[str]) -> Entry | None:
        """The check-in of a row; None where nothing was noted.

        Raises:
            ValueError: says what is wrong.

        """
        if any(cell.strip() for cell in row[self._width :]):
            raise ValueError(f"it has {len(row)} cells, and the first line has {self._width}.")
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in self._places.items()}
        if not (cells.get("value") or cells.get("note")) or cells.get("what", "") not in {"", "check-in"}:
            return None
        fields: dict[str, Any] = self._when(cells)
        if value := cells.get("value"):
            try:
                fields["value"] = read_value(value, self._decimal)
            except ValueError:
                raise ValueError(f"{value!r} is no number with {self._decimal!r} before its decimals.") from None
        if note := cells.get("note"):
            fields["note"] = own_words(note)
        if subject := own_words(cells.get("about", "")) or self._settings.goal:
            fields["subject"] = subject
        return NewEntry(kind="checkin", external_id=cells.get("id") or self._name(fields), fields=fields)

    def _when(self, cells: dict[str, str]) -> dict[str, str]:
        try:
            day, at = read_day(cells["day"], self._form)
        except ValueError:
            like = self._settings.dates or "2026-12-18 (`--set dates=DD.MM.YYYY` says how days are written)"
            raise ValueError(f"{cells['day']!r} is no day like {like}.") from None
        if time := cells.get("time"):
            try:
                _, at = read_day(f"{day} {time:0>5}", "")
            except ValueError:
                raise ValueError(f"{time!r} is no time of day like 08:30.") from None
        return {"on": day, **({"at": at} if at else {})}

    def _name(self, fields: dict[str, Any]) -> str:
        """The day and a digest of the line, with a number where the same stands there again on that day."""
        if fields["on"] != self._day:
            self._day, self._that_day = fields["on"], Counter()
        name = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
        self._that_day[name] += 1
        times = self._that_day[name]
        return f"{fields['on']} {name}" + (f" {times}" if times > 1 else "")
