"""Where in a plugin's own files something was raised, and what was: never what the source says, nor what it worked on."""

import traceback
from collections.abc import Iterator
from pathlib import PurePath
from types import CodeType, FrameType
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a plugin's, its file told from the plugin's package on."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @classmethod
    def of_code(cls, code: CodeType, package: str) -> "Place":
        """Where a function is defined."""
        return cls(_from(package, code.co_filename), code.co_firstlineno, code.co_name)


def package_of(cls: type) -> str:
    """The package, or the lone module, that a plugin's class is from: what is in it is the plugin's own."""
    return cls.__module__.partition(".")[0]


def place_of(error: BaseException, package: str) -> Place | None:
    """The last line of the plugin's own on the way to an error, or to one that led to it; None where there is none."""
    for one in chain(error):
        found = [
            _place(frame, line, package)
            for frame, line in traceback.walk_tb(one.__traceback__)
            if _is_of(frame, package)
        ]
        if isinstance(one, SyntaxError) and one.filename and package in _parts(one.filename):
            return Place(_from(package, one.filename), one.lineno or 1, "<module>")
        if found:
            return found[-1]
    return None


def place_in(frame: FrameType | None, package: str) -> Place | None:
    """The innermost line of the plugin's own that a thread is at."""
    while frame is not None:
        if _is_of(frame, package):
            return _place(frame, frame.f_lineno, package)
        frame = frame.f_back
    return None


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it came of."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def said(error: BaseException) -> str:
    """An error in words: its type, and its text where it has one."""
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def with_place(words: str, place: Place | None) -> str:
    """Words with the place that they are about."""
    stop = words[len(words.rstrip(".")) :]
    return f"{words.removesuffix(stop)} ({place}){stop}" if place else words


def sentence(words: str) -> str:
    """Words that others can follow."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _is_of(frame: FrameType, package: str) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == package


def _place(frame: FrameType, line: int | None, package: str) -> Place:
    return Place(_from(package, frame.f_code.co_filename), line or 1, frame.f_code.co_name)


def _parts(file: str) -> tuple[str, ...]:
    path = PurePath(file)
    return (*path.parts[:-1], path.stem)


def _from(package: str, file: str) -> str:
    """A file's name from the plugin's package on: what is above it is nobody's business."""
    parts, path = _parts(file), PurePath(file)
    above = len(parts) - 1 - parts[::-1].index(package) if package in parts else len(parts) - 1
    return "/".join(path.parts[above:])
