"""`milepost plan …`, `rest …` and `reminder …`: what looks after a person."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli import asking
from milepost.cli.asking import NOTHING, text, time_of_day
from milepost.cli.dates import parse_date
from milepost.cli.every import parse_every, say_every
from milepost.cli.help_now import PARTS, every_plan, journal_title, plan_rows
from milepost.cli.planning import answer
from milepost.cli.show import escape
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.errors import InvalidInput
from milepost.events import Draft
from milepost.views import entities
from milepost.views.entities import Plan, Reminder, Rest, plain
from milepost.views.priorities import say_day

plan = App(name="plan", help="A safety plan in your own words, for hard days. It is always at hand, offline too.")
rest = App(name="rest", help="Let everything be quiet for a while: nothing reminds, nothing asks.")
reminder = App(name="reminder", help="To be reminded, only of what you choose.")

Words = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
MISSING = "Say of what and at what time, as in `milepost reminder set 'Breathe slowly' --at 08:30`."


def _plan() -> Plan:
    return entities.own(terminal.state(), Plan, "plan") if terminal.begun else Plan()


@plan.default
def plan_show() -> None:
    """Show the plan."""
    found = _plan()

    elsewhere = [journal_title(journal) for journal in every_plan()] if found == Plan() else []

    def show(console: Any) -> None:
        if elsewhere:
            console.print(f"No plan in this journal. `milepost help-now` shows the one in {escape(elsewhere[0])}.")
        elif found == Plan():
            console.print("No plan yet. `milepost plan write --helps '…' --people '…'` begins one, in a calm hour.")
        for heading, words in plan_rows(found):
            console.print(f"[bold]{heading}[/]\n  {escape(words)}")

    terminal.answer(plain(found), show)


@plan.command(name="write")
def plan_write(*, signs: Words = None, helps: Words = None, people: Words = None, places: Words = None) -> None:
    """Write or change parts of the plan; `none` empties one. At a terminal, run bare, it asks for each.

    Parameters
    ----------
    signs
        How you notice that it gets hard.
    helps
        What helps you.
    people
        Whom you can turn to, and how.
    places
        Where you are safe.
    """
    given = {"signs": signs, "helps": helps, "people": people, "places": places}
    fields = {name: _part(name, words) for name, words in given.items() if words is not None}
    if not fields:
        fields = _ask_plan()
    terminal.journal_to_write()
    terminal.write(commands.write_plan(terminal.state(), fields))
    plan_show()


def _part(name: str, words: str) -> str | None:
    """What a part is to be: None for `none`. An empty one is mostly a slip, and nothing to lose words by.

    Raises:
        InvalidInput: it is empty.
    """
    if words.strip().lower() == NOTHING:
        return None
    said = read_note(words)
    if not said or not said.strip():
        raise InvalidInput(f"`--{name}` is empty. Give it words, or `{NOTHING}` to empty that part of the plan.")
    return said


def _ask_plan() -> dict[str, str | None]:
    """Part by part, each with what stands there now."""
    if not terminal.interactive:
        raise InvalidInput("Say what to write, as in `--helps 'a walk by the river'`.")
    now, fields = _plan(), dict[str, str | None]()
    terminal.console().print(f"[dim]Enter leaves a part as it is, `{NOTHING}` empties it.[/]")
    for name, words in PARTS.items():
        stands = f" [dim]({escape(getattr(now, name))})[/]" if getattr(now, name) else ""
        said = terminal.ask_more(None, f"[bold]{words}[/]{stands}", text)
        if said is not None:
            fields[name] = None if said.lower() == NOTHING else said
    return fields


def _answer_rest(words: str = "") -> None:
    found = entities.own(terminal.state(), Rest, "rest") if terminal.begun else Rest()

    def show(console: Any) -> None:
        until = f" until {say_day(found.until)}" if found.until else ""
        console.print(f"Resting{until}. Nothing reminds, nothing asks." if found.resting else words)

    terminal.answer(plain(found), show)


@rest.default
def rest_set(until: str | None = None, /) -> None:
    """Rest until a day, or until you end it."""
    terminal.journal_to_write()
    today = terminal.today()
    day = parse_date(until, today) if until else None
    if day is not None and day < today:
        raise InvalidInput(f"{day} is over. Say until when to rest, as in `milepost rest 'in 3 days'`.")
    last = day.isoformat() if day else None
    terminal.write([Draft("rest.set", {"on": today.isoformat(), "until": last})])
    _answer_rest()


@rest.command(name="end")
def rest_end() -> None:
    """End it."""
    resting = terminal.begun and entities.own(terminal.state(), Rest, "rest").resting
    if resting:
        terminal.write([Draft("rest.ended", {"on": terminal.today().isoformat()})])
    _answer_rest("Rest is over. Welcome back." if resting else "Nothing was resting.")


def _reminder_row(one: Reminder, _: dict[str, str]) -> Sequence[str]:
    quiet = f"quiet {one.quiet_from} to {one.quiet_to}" if one.quiet_from and one.quiet_to else ""
    return one.what, say_every(one.recurrence), one.at, quiet


@reminder.command(name="set")
def reminder_set(
    what: str | None = None,
    /,
    *,
    every: str | None = None,
    at: str | None = None,
    quiet: str | None = None,
    about: str | None = None,
) -> None:
    """Be reminded of something. At a terminal, what you leave out is asked.

    Parameters
    ----------
    every
        daily (as it is if you don't say), weekdays, mon,thu …
    at
        The local time, as in 08:30.
    quiet
        Two times between which nothing is sent, as in 22:00-07:00.
    about
        A goal or a practice.
    """
    bare = what is None
    of = terminal.ask_for(what, "Of what?", MISSING, asking.line)
    time = time_of_day(terminal.ask_for(at, "At what time? [dim](as in 08:30)[/]", MISSING, time_of_day))
    often = parse_every(every) if every else None
    if bare:
        often = terminal.ask_more(often, "How often? [dim](weekdays, mon,thu … Enter: daily)[/]", parse_every)
    hours = re.fullmatch(r"(\d{2}:\d{2})\s*-\s*(\d{2}:\d{2})", quiet) if quiet else None
    if quiet and not hours:
        raise InvalidInput("Give quiet hours as in `--quiet 22:00-07:00`.")
    terminal.journal_to_write()
    entity = new_entity()
    fields = {"id": entity, "what": of, "recurrence": often or parse_every("daily"), "at": time}
    if hours:
        fields.update(quiet_from=hours[1], quiet_to=hours[2])
    if about:
        fields["about"] = terminal.any_entity(("goal", "practice"), about)[1]
    terminal.write([Draft("reminder.set", fields)])
    found = entities.show(terminal.state(), Reminder, "reminder", entity)
    answer(found, _reminder_row, "of", "every", "at", "")


@reminder.command(name="list")
def reminder_list() -> None:
    """What you want to be reminded of."""
    found = entities.reminders(terminal.state()) if terminal.begun else []
    answer(
        found,
        _reminder_row,
        "of",
        "every",
        "at",
        "",
        empty="No reminders yet. `milepost reminder add --help` says how.",
    )


@reminder.command(name="remove")
def reminder_remove(id: str, /) -> None:
    """Not to be reminded any more."""
    entity = terminal.entity("reminder", id)
    terminal.write([Draft("reminder.removed", {"id": entity})])
    terminal.answer({"id": entity, "removed": True}, lambda console: console.print("Removed."))
