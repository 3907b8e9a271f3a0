"""Reads a calendar file piece by piece, whatever is in it: lines of a limited length, components of a limited depth and
size. Knows what a component is, and nothing of what is in one.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct, field

from milepost.plugin_api import InvalidInput

MAX_LINE = 64 * 1024
"""Bytes of a line, put together again where it was folded. What is longer is passed over where nobody asks for it."""
MAX_DEPTH = 16
MAX_LINES = 2_000
"""Lines that are taken of one component."""
MAX_BYTES = 25 * 1000 * 1000
"""Of a file."""
_PIECE = 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_FOLDS = (b" ", b"\t")


class Component(Struct):
    """The lines of a component that were asked for, and where it begins in the file."""

    line: int
    lines: list[bytes] = field(default_factory=list)


def check_size(file: BinaryIO, name: str, most: int, called: str) -> None:
    """Refuses a file that is too large or begins too many components of a name, before any of it is read as such; one that
    can't be read twice is passed.

    Raises:
        InvalidInput: says what to do.

    """
    if not file.seekable():
        return
    size, found, end = file.seek(0, io.SEEK_END), 0, b"\n"
    file.seek(0)
    if size > MAX_BYTES:
        raise InvalidInput(
            f"The file has more than {MAX_BYTES // 1_000_000} MB. Export one list at a time, or leave out what is attached."
        )
    begins = f"\nBEGIN:{name}".encode()
    while found <= most and (piece := file.read(_PIECE)):
        text = (end + piece).upper()
        found += text.count(begins)
        end = text[1 - len(begins) :]  # too short to be counted twice
    if found > most:
        raise too_many(most, called)
    file.seek(0)


def too_many(most: int, called: str) -> InvalidInput:
    """Why a file is refused that has too many things in it."""
    return InvalidInput(
        f"The file has more than {most:,} {called}, and they would be milestones of one goal. Export one list at a time, or "
        f"only {called} that are still to do."
    )


def components(file: BinaryIO, name: str, wanted: frozenset[str]) -> Iterator[Component]:
    """Every component of a name, with its own lines of these properties.

    Raises:
        InvalidInput: says what is wrong, and in which line.

    """
    inside: list[str] = []
    found: Component | None = None
    number = 0
    for number, line in _unfolded(file):
        key = _key(line)
        if key == "BEGIN":
            _enter(inside, number, line)
            if inside[-1] == name and found is None:
                found, depth = Component(number), len(inside)
        elif key == "END":
            if not inside or inside[-1] != _value(line):
                raise InvalidInput(f"Line {number}: {_value(line)[:40]!r} ends here and did not begin.")
            if found is not None and len(inside) == depth:
                yield found
                found = None
            inside.pop()
        elif not inside and line.strip():
            raise InvalidInput(f"Line {number}: a calendar file begins with BEGIN:VCALENDAR, and this does not.")
        elif found is not None and len(inside) == depth and key in wanted:
            _take(found, number, line)
    if inside:
        raise InvalidInput(f"Line {number}: the file ends within a {inside[-1][:40]}. Was it cut off?")
    if number == 0:
        raise InvalidInput("The file is empty.")


def _enter(inside: list[str], number: int, line: bytes) -> None:
    inside.append(_value(line))
    if inside[0] != "VCALENDAR":
        raise InvalidInput(f"Line {number}: this is {inside[0][:40]!r} and no calendar (VCALENDAR).")
    if len(inside) > MAX_DEPTH:
        raise InvalidInput(f"Line {number}: more than {MAX_DEPTH} things lie within each other.")


def _take(found: Component, number: int, line: bytes) -> None:
    if len(line) >= MAX_LINE:
        raise InvalidInput(f"Line {number}: it has more than {MAX_LINE:,} bytes.")
    if len(found.lines) >= MAX_LINES:
        raise InvalidInput(f"Line {number}: what began in line {found.line} has too many lines.")
    found.lines.append(line)


def _key(line: bytes) -> str:
    head = line[:100]
    ends = min((at for at in (head.find(b":"), head.find(b";")) if at >= 0), default=0)
    return head[:ends].decode("ascii", "replace").strip().upper()


def _value(line: bytes) -> str:
    return line[:200].partition(b":")[2].decode("ascii", "replace").strip().upper()


def _unfolded(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(number, line), each put together again (RFC 5545, section 3.1) and no longer than `MAX_LINE`."""
    whole, begun, number, goes_on = b"", 0, 0, False
    while piece := file.readline(MAX_LINE):
        was_cut, goes_on = goes_on, piece[-1:] != b"\n"
        number += not was_cut
        if was_cut or (piece[:1] in _FOLDS and begun):
            if len(whole) < MAX_LINE:
                whole = (whole + (piece if was_cut else piece[1:]).rstrip(b"\r\n"))[:MAX_LINE]
            continue
        if begun:
            yield begun, whole
        whole, begun = piece.removeprefix(_BOM if number == 1 else b"").rstrip(b"\r\n"), number
    if begun:
        yield begun, whole
