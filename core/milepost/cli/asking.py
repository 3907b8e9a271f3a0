"""What a person is asked at a terminal when a command is run bare: which goal, a number, a text; writes nothing."""

from collections.abc import Callable, Iterable

from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, NotFound
from milepost.events.fields import MAX_LINE, MAX_TEXT
from milepost.events.forms import is_time_of_day
from milepost.events.letters import check_letters
from milepost.views.journal import goals

SKIP = "[dim](Enter skips it)[/]"
NOTHING = "none"
"""What people type to empty a field."""


def which(rows: Iterable[tuple[str, str]], question: str, missing: str, match: Callable[[str], str]) -> str:
    """The id of what a person picks from (id, words); `match` finds it by what they type.

    Raises:
        InvalidInput: nobody is there to be asked, or they pick none.
    """
    if not terminal.interactive:
        raise InvalidInput(missing)
    shown = table("id", "")
    for short, words in rows:
        shown.add_row(escape(short), escape(words))
    terminal.console().print(shown)
    return match(terminal.ask_for(None, question, missing, match))


def which_goal(text: str | None, missing: str) -> str:
    """The id of the goal that `text` begins; else of the one that the person picks from those they work on.

    Raises:
        InvalidInput: nobody is there to be asked, or they pick none.
        NotFound: there is none to pick.
    """
    if text is not None:
        return terminal.entity("goal", text)
    if not terminal.interactive:
        raise InvalidInput(missing)
    active = [goal for goal in goals(terminal.state()) if goal.status == "active"]
    if not active:
        raise NotFound("No goal is active here. `milepost goal add` writes one down, `milepost goal list` shows all.")
    ids = terminal.short_ids()
    rows = [(ids[goal.id], goal.title) for goal in active]
    return which(rows, "Which goal? [dim](its id)[/]", missing, lambda said: terminal.entity("goal", said))


def number_from(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between two, both included."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise InvalidInput(f"{text!r} is not a whole number from {low} to {high}.")
        return int(text)

    return read


def scales(questions: dict[str, str], given: dict[str, int | None]) -> dict[str, int | None]:
    """Each of some scales from 0 to 10: as given, or where none is given, as the person says; any can be skipped."""
    if any(value is not None for value in given.values()):
        return given
    return {
        name: terminal.ask_more(value, f"{questions[name]} [dim](0 to 10, Enter skips it)[/]", number_from(0, 10))
        for name, value in given.items()
    }


def words_up_to(most: int) -> Callable[[str], str]:
    """Reads words that are not too long, and nothing but words."""

    def read(text: str) -> str:
        check_letters("That", text, lines=most == MAX_TEXT)
        if len(text) > most:
            raise InvalidInput(f"That is {len(text):,} letters, and {most:,} are the most. Put it in fewer.")
        return text

    return read


def time_of_day(text: str) -> str:
    """Reads a local time: `8:30` is `08:30`."""
    said = f"{text.strip():0>5}"
    if not is_time_of_day(said):
        raise InvalidInput(f"{text!r} is not a time of day. Try 08:30 or 15:00.")
    return said


line, text = words_up_to(MAX_LINE), words_up_to(MAX_TEXT)
"""Read a title or a question, and words that may be many."""
