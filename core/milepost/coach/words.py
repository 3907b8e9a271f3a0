"""The coach's words and patterns, read once from the files beside it; knows no goal, and nothing of what is asked when."""

import re
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct


class Asked(Struct, frozen=True):
    """A question, why it may help, and the command that writes down an answer."""

    question: str
    why_it_may_help: str
    how: str


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What there is to ask; `remarks` are by the status of a goal that is not asked about."""

    approach: Asked
    why: Asked
    looks_like: Asked
    first_step: Asked
    confidence: Asked
    more_confidence: Asked
    measure: Asked
    due: Asked
    remarks: dict[str, str]


class Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to say what shall not be; `match` may name a part `rest`, which `opening` may repeat.

    `plain` is the opening where nothing is to be repeated.
    """

    match: str
    question: str
    plain: str
    opening: str | None = None


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """What the words of a goal are looked through for. All but `pattern` are lists of regular expressions."""

    alone: tuple[str, ...]
    unless: tuple[str, ...]
    unrepeated: tuple[str, ...]
    pattern: tuple[Pattern, ...]


def _read(name: str) -> dict[str, Any]:
    import tomllib
    from importlib.resources import files

    return tomllib.loads((files(__package__) / "data" / name).read_text(encoding="utf-8"))


@cache
def words() -> Words:
    """What there is to ask."""
    return msgspec.convert(_read("hints.toml"), Words)


@cache
def wording() -> Wording:
    """What to look for."""
    return msgspec.convert(_read("approach.toml"), Wording)


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """A regular expression of those files, for text in any case."""
    return re.compile(pattern, re.IGNORECASE)


def found_in(patterns: tuple[str, ...], text: str) -> bool:
    """Whether any of some regular expressions finds something."""
    return any(expression(pattern).search(text) for pattern in patterns)
