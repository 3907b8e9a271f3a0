"""`milepost progress`, `today`, `timeline`, `brief`, `then-now`, `goal history`, `priorities` and `summary`: what a
journal says when it is read. Nothing here writes.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from cyclopts import Parameter

from milepost.cli import charts
from milepost.cli.dates import parse_date, relative
from milepost.cli.show import escape, say_date, table
from milepost.cli.terminal import local_zone, terminal
from milepost.envelope import Event
from milepost.errors import InvalidInput
from milepost.journal import State
from milepost.views import brief as briefs
from milepost.views import history, recurrence
from milepost.views import priorities as ranks
from milepost.views import progress as going
from milepost.views import then_now as words_of
from milepost.views import timeline as line
from milepost.views import today as day_view
from milepost.views.entities import plain

AsOf = Annotated[
    str | None, Parameter(help="As it was then: a date (its end), an ISO 8601 time, or a number of the server's log.")
]
_UNSAID = frozenset({"rank", "measure", "owner", "on"})
"""Fields of a goal that are no words; only `--json` gives their history."""


def read(as_of: str | None = None) -> tuple[State, list[Event]]:
    """The journal in use and its events, as they were then; empty where nothing has begun.

    Raises:
        InvalidInput: `as_of` is neither a number nor a time, or a number and no server has numbered anything.
    """
    if not terminal.begun:
        return State(""), []
    journal = terminal.journal()
    events = [event for _, event in terminal.device.log.events(journal)]
    if as_of is None:
        return terminal.state(), events
    limits = parse_as_of(as_of)
    if "seq" in limits and not any(event.seq for event in events):
        raise InvalidInput("No server has numbered this journal's log yet. Give a date, as in `--as-of 2026-12-18`.")
    events = history.as_of(events, **limits)
    return history.state_as_of(journal, events), events


def state_of(as_of: str | None = None) -> State:
    """The state of the journal in use, as it was then; an empty one where nothing has begun.

    Raises:
        InvalidInput: `as_of` is neither a number nor a time.
    """
    if as_of is None:
        return terminal.state() if terminal.begun else State("")
    return read(as_of)[0]


def parse_as_of(text: str) -> dict[str, int]:
    """`{seq}` or `{ms}` (milliseconds since 1970). A time without an offset is one in the journal's time zone.

    Raises:
        InvalidInput: neither.
    """
    said = text.strip()
    if said.isascii() and said.isdigit():
        return {"seq": int(said)}
    zone = recurrence.zone_of(_zone())
    try:
        moment = datetime.fromisoformat(said) if re.match(r"\d{4}-\d\d-\d\d[Tt ]", said) else None
    except ValueError:
        raise InvalidInput(f"{text!r} is not a time I know. Try 2026-12-18 or 2026-12-18T15:00.") from None
    if moment is None:
        after = parse_date(said, terminal.today(), past=True) + timedelta(1)
        moment = datetime(after.year, after.month, after.day, tzinfo=zone) - timedelta(milliseconds=1)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return {"ms": (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)}


def _zone() -> str:
    named = terminal.state().fields("journal", terminal.journal()).get("time_zone") if terminal.begun else None
    return named or local_zone()


def progress(goal: str | None = None, /, *, as_of: AsOf = None) -> None:
    """How it goes, from the first number to the latest. Any progress counts."""
    only = {terminal.entity("goal", goal)} if goal else None
    found = going.progress(state_of(as_of), only)

    terminal.answer(plain(found), lambda console: charts.progress(console, found, all_of_it=only is not None))


def today(*, on: str | None = None) -> None:
    """What the day holds: what comes again on it, what is near, the next session.

    Parameters
    ----------
    on
        Another day than today.
    """
    now = terminal.today()
    day = parse_date(on, now) if on else now
    found = day_view.today(state_of(), day, datetime.now(UTC) if day == now else None)

    def show(console: Any) -> None:
        ids = terminal.short_ids()
        shown = table("id", "", "")
        for one in found.practices:
            minutes = f"{one.minutes} min" if one.minutes else ""
            shown.add_row(ids[one.id], escape(one.title), "done" if one.done else minutes)
        for item in found.near:
            shown.add_row(ids[item.id], escape(item.title), _planned(item, day))
        if shown.row_count:
            console.print(shown)
        if found.session:
            start = found.session.start
            console.print(f"Next session {say_date(start, day)} ({escape(start['time_zone'])}).")
        if found.words:
            console.print(escape(found.words))

    terminal.answer(plain(found), show)


def _planned(one: day_view.Near, day: date) -> str:
    words = relative(day + timedelta(one.days), day)
    return words if one.days >= 0 else f"was planned for {words}"


def timeline(
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    as_of: AsOf = None,
) -> None:
    """Everything with a date, past and coming.

    Parameters
    ----------
    from_
        The first day.
    to
        The last day.
    """
    now = terminal.today()
    first, last = (parse_date(from_, now, past=True) if from_ else None), (parse_date(to, now) if to else None)
    found = line.timeline(*read(as_of), now, first, last)

    def show(console: Any) -> None:
        shown = table("day", "", "")
        for one in found:
            shown.add_row(say_date(one.on, now), escape(one.title), escape(one.what))
        console.print(shown if found else "Nothing with a date here, which is fine.")

    terminal.answer([plain(one) for one in found], show)


def brief(*, print_: Annotated[bool, Parameter(name="--print", negative="")] = False) -> None:
    """What happened since the last session, on one page to take to the next.

    Parameters
    ----------
    print_
        Plain text, to be printed.
    """
    now = datetime.now(recurrence.zone_of(_zone()))
    found = briefs.brief(*read(), now)

    def show(console: Any) -> None:
        for text in charts.page(found):
            if print_:
                console.print(text, markup=False, emoji=False, soft_wrap=True)
            else:
                console.print(escape(text) if text.startswith(" ") else f"[bold]{escape(text)}[/]")

    terminal.answer(plain(found), show)


def then_now(goal: str | None = None, /, *, as_of: AsOf = None) -> None:
    """How you first put it, and how you put it now, in your own words."""
    only = terminal.entity("goal", goal) if goal else None
    found = words_of.then_now(*read(as_of), only)

    terminal.answer([plain(one) for one in found], lambda console: charts.then_now(console, found))


def goal_history_command(id: str, /) -> None:
    """Every wording a goal has had, and why it changed."""
    entity = terminal.entity("goal", id)
    found = history.goal_history(read()[1], terminal.journal(), entity)

    def show(console: Any) -> None:
        shown = table("when", "what", "from", "to", "because")
        for one in (change for change in found if change.field not in _UNSAID):
            row = (_day_of(one.at), one.field.replace("_", " "))
            shown.add_row(*row, *(escape(charts.say_field(v)) for v in (one.from_, one.to)), escape(one.reason or ""))
        console.print(shown)

    terminal.answer([plain(one) for one in found], show)


def _day_of(ms: int) -> str:
    try:
        day = datetime.fromtimestamp(ms / 1000, recurrence.zone_of(_zone())).date()
    except (ValueError, OverflowError, OSError):
        return ""  # a clock beyond the calendar
    return relative(day, terminal.today())


def priorities() -> None:
    """Your active goals in your own order, and where it may be easiest to begin."""
    found = ranks.priorities(state_of())

    def show(console: Any) -> None:
        ids = terminal.short_ids()
        shown = table("id", "goal", "important", "sure")
        for one in found.goals:
            marks = [f"{value} of 10" if value is not None else "" for value in (one.importance, one.confidence)]
            shown.add_row(ids[one.id], escape(one.title), *marks)
        console.print(shown if found.goals else "No active goals here, which is fine.")
        if found.early_win:
            console.print(f"\n{escape(found.early_win.reason)}")

    terminal.answer(plain(found), show)


def summary() -> None:
    """The journal in a short paragraph."""
    found = ranks.summary(state_of())
    terminal.answer(plain(found), lambda console: console.print(escape(found.words)))
