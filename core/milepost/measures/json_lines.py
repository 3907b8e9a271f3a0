"""On which line each value of a JSON text stands; once through, without recursion, and knows no schema.

It reads text that a parser has accepted already; of other text it gives what it can.
"""

import re

from milepost.measures.toml_lines import Path

MAX_KNOWN = 100_000
"""How many places are remembered; any file that is accepted has fewer that can be complained about."""

_TOKEN = re.compile(
    r'(?P<line>\n)|(?P<text>"(?:[^"\\]++|\\.)*+")|(?P<mark>[{}\[\],:])|[^\s"{}\[\],:]++|[^\S\n]++', re.DOTALL
)


def value_lines(text: str) -> dict[Path, int]:
    """Path → the line, counted from 1, on which a key or an entry of a list stands."""
    found: dict[Path, int] = {}
    open_at: list[Path] = []  # paths of the objects and lists that are open
    places: list[str | int] = []  # of each, the key or the position that is being read
    line, key_next = 1, False
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup, token[0]
        if kind == "line":
            line += 1
        elif kind == "mark" and said in "{[":
            _note(found, open_at, places, line)
            path = (*open_at[-1], places[-1]) if open_at else ()
            open_at.append(path)
            places.append("" if said == "{" else 0)
            key_next = said == "{"
        elif kind == "mark" and said in "}]":
            if open_at:
                open_at.pop()
                places.pop()
            key_next = False
        elif kind == "mark" and said == ",":
            last = places[-1] if places else ""
            if isinstance(last, int):
                places[-1] = last + 1
            key_next = isinstance(last, str)
        elif kind == "mark":
            key_next = False
        elif kind == "text" and key_next and places:
            places[-1] = _plain(said)
            _note(found, open_at, places, line)
        elif said.strip():
            _note(found, open_at, places, line)
    return found


def _note(found: dict[Path, int], open_at: list[Path], places: list[str | int], line: int) -> None:
    if open_at and len(found) < MAX_KNOWN:
        found.setdefault((*open_at[-1], places[-1]), line)


def _plain(quoted: str) -> str:
    """A key as the parser gives it; escapes are seldom in one, and then it is only not found."""
    return quoted[1:-1]
