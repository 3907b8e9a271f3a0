"""On which line each key of a TOML text stands; bounds how deep one nests, and knows no schema.

It reads just enough of TOML (https://toml.io/en/v1.0.0) to follow keys and brackets, once through, and stops where a
string has no end: whether the text is right is the parser's to say. The parser's time grows with the square of a key's
parts, and its stack with the depth of arrays; so this goes first.
"""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Where a value is: names of keys, and positions in arrays from 0."""

MAX_DEPTH = 10
MAX_KNOWN = 10_000
"""How many places are remembered; any file that is accepted has fewer."""

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r]++|\#[^\n]*+)
    | (?P<text>\"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3,5}
             | '{3}(?:[^']++|'(?!''))*+'{3,5}
             | "(?!"")(?:[^"\\\n]++|\\[^\n])*+"
             | '(?!'')[^'\n]*+'
             | ""|'')
    | (?P<mark>[=,.\[\]{}])
    | (?P<line>\n)
    | (?P<word>[^ \t\r\n"'#=,.\[\]{}]++)
    """,
    re.VERBOSE | re.DOTALL,
)


class TooDeep(Exception):
    """Nested deeper than any instrument; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Reader:
    """Follows one text, a token at a time."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.line = 1
        self.arrays: dict[Path, int] = {}  # of tables: path → the position of the last
        self.base: Path = ()  # of the table that the statements belong to
        self.frames: list[tuple[Path, int | None]] = []  # open brackets: path, and the position if it is an array
        self.parts: list[str] = []
        self.header = 0  # how many brackets a header began with
        self.in_value = False
        self.current: Path = ()

    def note(self, path: Path) -> None:
        if len(self.lines) < MAX_KNOWN:
            self.lines.setdefault(path, self.line)

    def bound(self, count: int) -> None:
        if count > MAX_DEPTH:
            raise TooDeep(self.line)

    def new_line(self) -> None:
        if not self.frames:
            self.parts, self.header, self.in_value = [], 0, False

    def name(self, word: str) -> None:
        if self.in_value:
            self.value()
        else:
            self.parts.append(word)
            self.bound(len(self.parts))

    def value(self) -> None:
        if self.frames and self.frames[-1][1] is not None:
            path, index = self.frames[-1]
            self.current = (*path, index or 0)
            self.note(self.current)

    def mark(self, mark: str) -> None:
        if mark == "=" and not self.in_value:
            self.current = ((*self.frames[-1][0],) if self.frames else self.base) + tuple(self.parts)
            for end in range(len(self.current) - len(self.parts), len(self.current)):
                self.note(self.current[: end + 1])
            self.in_value = True
        elif mark in "[{":
            self.open(mark)
        elif mark in "]}":
            self.close()
        elif mark == "," and self.frames:
            path, index = self.frames[-1]
            self.frames[-1] = (path, None if index is None else index + 1)
            self.parts, self.in_value = [], index is not None

    def open(self, mark: str) -> None:
        if not self.in_value:
            self.header += 1
            return
        self.value()
        self.frames.append((self.current, 0 if mark == "[" else None))
        self.bound(len(self.frames))
        self.parts, self.in_value = [], mark == "["

    def close(self) -> None:
        if self.frames:
            self.frames.pop()
            self.in_value = True
        elif self.header and self.parts:
            self.enter()
            self.parts = []

    def enter(self) -> None:
        """A header's end: from here on statements belong to its table."""
        path: Path = ()
        for part in self.parts[:-1]:
            path = (*path, part)
            path = (*path, self.arrays[path]) if path in self.arrays else path
        path = (*path, self.parts[-1])
        self.note(path)
        if self.header > 1:
            self.arrays[path] = self.arrays.get(path, -1) + 1
            path = (*path, self.arrays[path])
            self.note(path)
        self.base = path


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text) and (match := _TOKEN.match(text, at)):
        yield match.lastgroup or "", match[0]
        at = match.end()


def key_lines(text: str) -> dict[Path, int]:
    """Path → its line, counted from 1, for keys, tables and the elements of arrays.

    Raises:
        TooDeep: a key of more than ten parts, or brackets more than ten deep.
    """
    reader = _Reader()
    for kind, word in _tokens(text):
        if kind == "line":
            reader.new_line()
        elif kind == "mark":
            reader.mark(word)
        elif kind != "space":
            reader.name(word.strip("\"'") if kind == "text" else word)
        reader.line += word.count("\n") if kind in {"line", "text"} else 0
    return reader.lines
