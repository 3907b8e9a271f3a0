"""Reads a pack of templates from TOML, and says line by line what is wrong with one; knows no folder and no built-ins.

A pack is a UTF-8 file of at most 256 kB, with at most 200 templates and 50 areas of its own:

    [[area]]                        # only for areas that Milepost does not have
    id = "music"                    # small letters, digits and hyphens, at most 60
    name = "Music"                  # at most 100 characters
    about = "Playing, alone and with others."

    [[template]]
    id = "music-play-again"         # as for areas, and different from all others in the pack
    area = "music"                  # an area's id
    kind = "open"                   # or "smart": with steps, numbers and dates; both are fine
    title = "Play again, for the joy of it"
    looks_like = "…"                # optional: how one would notice it
    why_prompt = "What did playing give you?"     # a question; it is asked, and never written into a goal
    milestones = ["Tune the guitar"]              # optional: at most 12 steps

    [[template.practices]]          # optional: at most 5
    title = "Play one song"
    recurrence = "FREQ=WEEKLY;BYDAY=SA"           # the value of an RRULE (RFC 5545), daily at the most
    minutes = 10                    # optional

    [template.measure]              # optional
    question = "How much did you enjoy it?"
    low = 0                         # whole numbers
    high = 10
    better = "up"                   # or "down", or "keep"

Titles, questions and descriptions have at most 500 characters, `looks_like` at most 2,000.
"""

import re
import tomllib
from collections.abc import Callable, Collection
from typing import TypeVar, get_args

from milepost.errors import InvalidInput
from milepost.events.forms import is_recurrence
from milepost.events.goal import GoalKind
from milepost.events.measure import Better
from milepost.measures.reading import Source, Table
from milepost.measures.toml_lines import MAX_DEPTH, TooDeep, key_lines
from milepost.templates.shapes import Area, Pack, SuggestedMeasure, SuggestedPractice, Template

MAX_BYTES = 256 * 1024
MAX_TEMPLATES = 200
MAX_AREAS = 50
MAX_MILESTONES = 12
MAX_PRACTICES = 5
MAX_LINE = 500
MAX_WORD = 100
MAX_PROBLEMS = 20
"""How many things a message names at once: enough for one round of putting them right."""

_ID = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LOWEST, _HIGHEST = -1_000_000, 1_000_000
_TEMPLATE_KEYS = ("id", "area", "kind", "title", "looks_like", "why_prompt", "milestones", "practices", "measure")

T = TypeVar("T")


def read_pack(data: bytes, name: str, areas: Collection[str] = ()) -> Pack:
    """The pack in a file. `name` is the file's, for messages; `areas` are the ids of those known already.

    Raises:
        InvalidInput: names the file, and of each problem its line, its place and what to do.
    """
    root = read_toml(data, name)
    root.only(("area", "template"))
    problems: list[str] = []
    known, taken = set(areas), set[str]()
    own = _each(root.tables("area", MAX_AREAS), lambda table: _area(table, known), problems)
    templates = _each(root.tables("template", MAX_TEMPLATES), lambda table: _template(table, known, taken), problems)
    if not (own or templates or problems):
        raise InvalidInput(f"{name}: there is no template in it. Begin one with a line [[template]].")
    if problems:
        more = len(problems) - MAX_PROBLEMS
        also = [f"{name}: and {more} more of these. Put the first ones right and look again."] if more > 0 else []
        raise InvalidInput("\n".join(problems[:MAX_PROBLEMS] + also))
    return Pack(areas=own, templates=templates)


def read_toml(data: bytes, name: str) -> Table:
    """All that stands in a file, not looked at yet.

    Raises:
        InvalidInput: it is too large, no text or no TOML; names the file and the line.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{name}: this is larger than {MAX_BYTES // 1024} kB. Make two packs of it.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{name}, line {line}: this is not text (UTF-8). Save it as UTF-8 and try again.") from error
    try:
        lines = key_lines(text)
        value = tomllib.loads(text)
    except TooDeep as error:
        words = f"this is nested too deep: {MAX_DEPTH} is the most I take. Take some brackets or dots out."
        raise InvalidInput(f"{name}, line {error.line}: {words}") from error
    except (ValueError, RecursionError) as error:
        line, said = _place(text, str(error))
        raise InvalidInput(f"{name}, line {line}: this is not TOML ({said}). Put it right and try again.") from error
    return Table(Source(name, lines), value)


def _place(text: str, words: str) -> tuple[int, str]:
    """The line the parser stopped at, and why; it says `… (at line 3, column 7)` or `(at end of document)`."""
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", words)
    line = int(at[1]) if at and at[1] else text.rstrip("\n").count("\n") + 1
    return line, words[: at.start()] if at else words


def _each(tables: list[Table], read: Callable[[Table], T], problems: list[str]) -> tuple[T, ...]:
    """Reads what can be read, and notes of each of the others the first thing that is wrong with it."""
    found = []
    for table in tables:
        try:
            found.append(read(table))
        except InvalidInput as error:
            problems.append(str(error))
    return tuple(found)


def _area(table: Table, known: set[str]) -> Area:
    table.only(("id", "name", "about"))
    found = _new_id(table, known, "an area that there is already. Leave this one out, or choose another id")
    return Area(id=found, name=line_of(table, "name", MAX_WORD), about=line_of(table, "about"))


def _template(table: Table, areas: set[str], taken: set[str]) -> Template:
    table.only(_TEMPLATE_KEYS)
    found = _new_id(table, taken, "the id of a template further up. Choose another one")
    area = table.need_text("area", MAX_WORD)
    if area not in areas:
        raise table.wrong("area", f"is {area!r}, which is none of the areas: {', '.join(sorted(areas))}. Choose one.")
    measure = table.table("measure")
    return Template(
        id=found,
        area=area,
        kind=_one_of(table, "kind", get_args(GoalKind)),
        title=line_of(table, "title"),
        why_prompt=why_prompt_of(table),
        looks_like=table.text("looks_like"),
        milestones=lines_of(table, "milestones", MAX_MILESTONES),
        practices=tuple(_practice(one) for one in table.tables("practices", MAX_PRACTICES)),
        measure=None if measure is None else _measure(measure),
    )


def _practice(table: Table) -> SuggestedPractice:
    table.only(("title", "recurrence", "minutes"))
    recurrence = table.need_text("recurrence", MAX_LINE)
    if not is_recurrence(recurrence):
        words = f"is {recurrence!r}. Write a recurrence like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,TH."
        raise table.wrong("recurrence", words)
    return SuggestedPractice(
        title=line_of(table, "title"), recurrence=recurrence, minutes=table.whole("minutes", 1, 24 * 60)
    )


def _measure(table: Table) -> SuggestedMeasure:
    table.only(("question", "low", "high", "better"))
    low, high = _whole(table, "low"), _whole(table, "high")
    if low >= high:
        raise table.wrong("high", f"is {high}, and `low` is {low}. Give `high` the greater number.")
    better: Better = _one_of(table, "better", get_args(Better))
    return SuggestedMeasure(question=line_of(table, "question"), low=low, high=high, better=better)


def _new_id(table: Table, taken: set[str], whose: str) -> str:
    found = table.need_text("id", MAX_WORD)
    if not _ID.fullmatch(found):
        words = f"is {found!r}. Use small letters, digits and single hyphens, as in 'calm-mornings', at most 60."
        raise table.wrong("id", words)
    if found in taken:
        raise table.wrong("id", f"is {found!r}, {whose}.")
    taken.add(found)
    return found


def line_of(table: Table, name: str, most: int = MAX_LINE) -> str:
    """A text that must be there, in one line."""
    return " ".join(table.need_text(name, most).split())


def lines_of(table: Table, name: str, most: int) -> tuple[str, ...]:
    """A list of at most `most` texts, each in one line; empty where there is none."""
    found = [" ".join(text.split()) for text in table.texts(name, most)]
    for at, text in enumerate(found):
        if len(text) > MAX_LINE:
            raise table.wrong(name, f"has more than {MAX_LINE} characters. Make it shorter.", at)
    return tuple(found)


def why_prompt_of(table: Table) -> str:
    """What asks for the person's own reason: a question, in one line."""
    found = line_of(table, "why_prompt")
    # Also as other scripts write it: full width, Arabic, Greek.
    if not found.endswith(("?", "\uff1f", "\u061f", ";")):
        raise table.wrong(
            "why_prompt", "must be a question that ends with a question mark: the answer is the person's."
        )
    return found


def _whole(table: Table, name: str) -> int:
    found = table.whole(name, _LOWEST, _HIGHEST)
    if found is None:
        raise table.wrong(name, f"is missing. Give it as a whole number, as in {name} = {10 if name == 'high' else 0}.")
    return found


def _one_of(table: Table, name: str, known: tuple[T, ...]) -> T:
    found = table.one_of(name, [str(word) for word in known])
    if found is None:
        raise table.wrong(name, f"is missing. Give it as one of these: {', '.join(repr(word) for word in known)}.")
    return next(word for word in known if word == found)
