"""Values out of a file that anybody may have written: each checked, each complaint with its place; knows no schema."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from milepost.errors import InvalidInput
from milepost.measures.instruments import MAX_TEXT
from milepost.measures.toml_lines import Path

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


class Source:
    """A file: its name for messages, and where its keys stand (path → line), if that is known."""

    def __init__(self, name: str, lines: Mapping[Path, int] | None = None) -> None:
        self.name = name
        self.lines = lines or {}

    def wrong(self, path: Path, words: str) -> InvalidInput:
        """What is wrong with the value at a path, as an error that names the file, the line and the path."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        line = f", line {self.lines[known]}" if known else ""
        place = f"`{say_path(path)}` " if path else ""
        return InvalidInput(f"{self.name}{line}: {place}{words}")


def say_path(path: Path) -> str:
    """`items[2].text`; positions count from 0."""
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f"[{part}]"
        else:
            name = part[:40] if _PLAIN.fullmatch(part[:40]) else repr(part[:40])
            said += f".{name}" if said else name
    return said


class Table:
    """A table of a file, and where it stands; every read checks kind and bounds.

    Each method raises InvalidInput, with the place, for a value that is not as it says; a key that is not there is None
    or empty, except for those called `need_…`.
    """

    def __init__(self, source: Source, value: Any, path: Path = ()) -> None:
        self.source = source
        self.path = path
        if not isinstance(value, dict):
            raise source.wrong(path, "must be a table of keys and values.")
        self.value: dict[str, Any] = value

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def wrong(self, name: str, words: str, *further: str | int) -> InvalidInput:
        """What is wrong with one of its values."""
        return self.source.wrong((*self.path, name, *further), words)

    def only(self, names: Collection[str], why: str = "is not a key I know") -> None:
        """Refuses any other key."""
        for name in self.value:
            if name not in names:
                raise self.wrong(name, f"{why}. Here these can stand: {', '.join(names)}.")

    def text(self, name: str, most: int = MAX_TEXT) -> str | None:
        """Text without control characters, its ends trimmed."""
        value = self.value.get(name)
        return None if value is None else self._text(value, most, name)

    def need_text(self, name: str, most: int = MAX_TEXT) -> str:
        """Text that must be there."""
        value = self.text(name, most)
        if value is None:
            raise self.wrong(name, f"is missing. Give it as text, as in {name} = '…'.")
        return value

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number."""
        value = self.value.get(name)
        return None if value is None else self._whole(value, low, high, name)

    def number(self, name: str, low: float, high: float) -> float | None:
        """Any number."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(name, f"must be a number from {low:g} to {high:g}.")
        return float(value)

    def one_of(self, name: str, known: Collection[str]) -> str | None:
        """One of a few words."""
        value = self.value.get(name)
        if value is not None and (not isinstance(value, str) or value not in known):
            raise self.wrong(name, f"must be {' or '.join(repr(word) for word in known)}.")
        return value

    def entries(self, name: str, most: int) -> list[Any]:
        """A list of not more than `most` values; those are not looked at."""
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list, in square brackets.")
        if len(value) > most:
            raise self.wrong(name, f"has {len(value):,} entries, and {most:,} is the most I take.")
        return value

    def wholes(self, name: str, low: int, high: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(self._whole(value, low, high, name, i) for i, value in enumerate(self.entries(name, most)))

    def numbered(self, name: str, count: int) -> tuple[int, ...]:
        """A list of different items, each named by its number from 1 to `count`, in their order."""
        found = self.wholes(name, 1, count, count)
        if len(set(found)) < len(found):
            raise self.wrong(name, "names an item twice. Name each once.")
        return tuple(sorted(found))

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._text(value, MAX_TEXT, name, i) for i, value in enumerate(self.entries(name, most)))

    def table(self, name: str) -> "Table | None":
        """A table in this one."""
        return Table(self.source, self.value[name], (*self.path, name)) if name in self.value else None

    def tables(self, name: str, most: int) -> list["Table"]:
        """A list of tables."""
        return [Table(self.source, value, (*self.path, name, i)) for i, value in enumerate(self.entries(name, most))]

    def _text(self, value: Any, most: int, name: str, *further: str | int) -> str:
        if not isinstance(value, str):
            raise self.wrong(name, "must be text, in quotes.", *further)
        if len(value) > most:
            raise self.wrong(name, f"has {len(value):,} characters, and {most:,} is the most I take.", *further)
        # What a terminal would obey must not come out of a file that somebody passed on.
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in value):
            raise self.wrong(name, "holds control characters. Take them out.", *further)
        if not value.strip():
            raise self.wrong(name, "is empty. Write something there, or leave the key out.", *further)
        return value.strip()

    def _whole(self, value: Any, low: int, high: int, name: str, *further: str | int) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(name, f"must be a whole number from {low} to {high}.", *further)
        return value
