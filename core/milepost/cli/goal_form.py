"""A goal's own words as a form of plain text, to be changed in an editor, and what was changed in it; pure."""

import difflib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from milepost.cli.asking import line, number_from, text, words_up_to
from milepost.cli.dates import parse_date
from milepost.errors import InvalidInput, MilepostError
from milepost.events import Fields

PARTS = {
    "title": "title",
    "why": "why",
    "looks like": "looks_like",
    "what helps": "helps",
    "area": "area",
    "from": "start",
    "due": "due",
    "matters, 0 to 10": "importance",
    "how sure, 0 to 10": "confidence",
}
"""The headings of the form, in their order → the fields of a goal."""
REASON = "why you change it"
_HEADING = re.compile(r"\[([^\[\]]+)\]\s*")
HEAD = """\
# Put it as you like, then save and close. What you leave as it is stays; what you empty is cleared.
"""


def parts_of(fields: Fields) -> dict[str, str]:
    """The parts of the form as a goal has them now; empty where it has none."""
    now = {name: fields.get(field) for name, field in PARTS.items()}
    return {name: tidy("" if value is None else str(value)) for name, value in now.items()} | {REASON: ""}


def tidy(words: str) -> str:
    """Words without blank lines around them, and with one kind of line end."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


def write_form(parts: Mapping[str, str]) -> str:
    """The form: each part below its heading. A line of the words that looks like a heading gets a backslash before it."""
    written = []
    for name, words in parts.items():
        lines = [f"\\{said}" if _like_heading(said) else said for said in words.split("\n")]
        written.append("\n".join([f"[{name}]", *lines]) + "\n")
    return "\n".join(written)


def _like_heading(said: str) -> bool:
    return _HEADING.fullmatch(said.lstrip("\\")) is not None


def read_form(form: str) -> dict[str, str]:
    """The parts that are in a form, tidy. Lines before the first heading that begin with `#` are notes and left out.

    Whatever else stands there is somebody's words: before the first heading they belong to the title, and a heading
    that comes again is one of them. One that is none of the form's is a part of its own, for `read_parts` to ask about.
    """
    name, begun = "title", set[str]()
    found: dict[str, list[str]] = {}
    for said in form.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        match = _HEADING.fullmatch(said)
        heading = match[1] if match else ""
        if heading and heading not in begun:
            name = heading
            begun.add(name)
            found.setdefault(name, [])
        elif begun or (said.strip() and not said.startswith("#")):
            escaped = said.startswith("\\") and _like_heading(said)
            found.setdefault(name, []).append(said[1:] if escaped else said)
    return {part: tidy("\n".join(lines)) for part, lines in found.items()}


def read_part(name: str, words: str, today: date) -> Any:
    """What a part means for its field: None where it is empty.

    Raises:
        InvalidInput: it can't be understood, or there is no title.
    """
    if name not in PARTS and name != REASON:
        near = difflib.get_close_matches(name.lower(), [*PARTS, REASON], 1, 0.4)
        meant = f"Did you mean [{near[0]}]? " if near else ""
        raise InvalidInput(f"there is no such heading. {meant}If it is one of your words, put a backslash before it.")
    field = PARTS.get(name, "reason")
    if not words:
        if field == "title":
            raise InvalidInput("Give it a few words of your own: a title can't be empty.")
        return None
    if field == "title":
        return line(" ".join(words.split()))
    if field in {"start", "due"}:
        return parse_date(words, today).isoformat()
    if field in {"importance", "confidence"}:
        return number_from(0, 10)(words)
    return words_up_to(100)(words) if field == "area" else text(words)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The parts that somebody put differently."""
    return {
        name: words for name, words in after.items() if name not in {*PARTS, REASON} or words != before.get(name, "")
    }


def read_parts(parts: Mapping[str, str], today: date) -> tuple[Fields, list[str]]:
    """(fields by name, why each part can't be understood that can't)."""
    fields, problems = {}, []
    for name, words in parts.items():
        try:
            fields[PARTS.get(name, "reason")] = read_part(name, words, today)
        except MilepostError as error:
            problems.append(f"{name}: {error}")
    return fields, problems
