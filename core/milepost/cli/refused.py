"""`milepost refused …`: what the server would not take. The person's words are all here, to be written again or let go."""

from datetime import date
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import quarantine
from milepost.cli.field_words import read_field
from milepost.cli.numbers import Whole
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.cli.versions import local, words_of
from milepost.errors import InvalidInput
from milepost.events import EVENT_TYPES
from milepost.journal import State
from milepost.quarantine import LET_GO, Refused
from milepost.views.entities import plain

refused_app = App(name="refused", help="What the server would not take. Your words are kept here in full.")


def _kind_of(one: Refused) -> str:
    known = EVENT_TYPES.get(one.type)
    return known.entity if known else one.type


def _first_words(one: Refused) -> str:
    for name in ("title", "text", "note", "what", "question", "value", "status", "words"):
        if one.fields.get(name):
            return words_of(one.fields[name]).split("\n", 1)[0]
    return ""


def _state_words(one: Refused) -> str:
    return {"": "", LET_GO: "let go"}.get(one.done, "written again")


@refused_app.default
def refused_list(*, all: Annotated[bool, Parameter(negative="")] = False) -> None:
    """What the server refused and why; with --all also what was written again or let go."""
    found = list(quarantine.refused(terminal.device, terminal.journal())) if terminal.begun else []
    found = [one for one in found if all or not one.done]

    def show(console: Any) -> None:
        shown = table("number", "what", "words", "why it was refused", "")
        for one in found:
            shown.add_row(
                str(one.number), _kind_of(one), escape(_first_words(one)), escape(one.reason), _state_words(one)
            )
        console.print(shown if found else "The server refused nothing.")
        if found:
            console.print("[dim]milepost refused show 1 · again 1 · let-go 1[/]")

    terminal.answer([plain(one) for one in found], show)


@refused_app.command(name="show")
def refused_show(number: Whole, /) -> None:
    """All words of one entry, and why it was refused."""
    _answer(_find(number))


def _answer(one: Refused) -> None:
    def show(console: Any) -> None:
        moment = local(one.at) if one.at else None
        when = f", written {moment:%Y-%m-%d %H:%M}" if moment else ""
        console.print(f"[bold]{one.number}  {escape(_kind_of(one))}[/]{when}")
        console.print(f"  refused    {escape(one.reason)}")
        for name, value in one.fields.items():
            if name != "id":
                console.print(
                    f"  {escape(name.replace('_', ' ')):<10} "
                    + escape(words_of(value)).replace("\n", "\n             ")
                )
        if one.done:
            console.print(f"  {_state_words(one)}")

    terminal.answer(plain(one), show)


def _find(number: int) -> Refused:
    return quarantine.find(terminal.device, terminal.journal(), number)


@refused_app.command(name="again")
def refused_again(
    number: Whole,
    /,
    *,
    change: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    without: Annotated[list[str] | None, Parameter(negative="")] = None,
) -> None:
    """Write it again, as it is or with something put right. It goes out with the next sync.

    Parameters
    ----------
    change
        FIELD=WORDS, as in --set 'title=In other words'. May be given again.
    without
        A field to leave out. May be given again.
    """
    one, today = _find(number), terminal.today()
    state = terminal.state()
    changes: dict[str, Any] = {}
    for given in change or []:
        name, equals, words = given.partition("=")
        if not equals:
            raise InvalidInput("Say which field and what: `--set 'title=In other words'`.")
        changes |= _read(state, one, name.strip().replace("-", "_"), words, today)
    fields = quarantine.write_again(terminal.device, one, changes, [name.replace("-", "_") for name in without or []])
    answer = {**plain(_find(number)), "fields": fields}
    terminal.answer(answer, lambda console: console.print("Written again. It goes out with the next sync."))


def _read(state: State, one: Refused, name: str, words: str, today: date) -> dict[str, Any]:
    value = read_field(state, _kind_of(one), str(one.fields.get("id", "")), name, words, today)
    return {part: v for part, v in value.items() if v is not None} if _is_shared(value, name) else {name: value}


def _is_shared(value: Any, name: str) -> bool:
    return isinstance(value, dict) and name in value


@refused_app.command(name="let-go")
def refused_let_go(number: Whole, /) -> None:
    """Leave it at that: it no longer waits. The words stay on this device, under --all."""
    quarantine.let_go(terminal.device, _find(number))
    left = len(quarantine.waiting(terminal.device, terminal.journal()))
    told = {**plain(_find(number)), "waiting": left}
    terminal.answer(told, lambda console: console.print(f"Let go. {left} left to look at."))
