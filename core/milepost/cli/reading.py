"""`milepost progress`, `today`, `timeline`, `brief`, `then-now`, `goal history`, `priorities`, `summary` and `burden`:
what a journal says when it is read. Nothing here writes.
"""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from cyclopts import Parameter

from milepost.cli import charts
from milepost.cli.as_of import AsOf, day_of, moment, read, state_of, zone_name
from milepost.cli.dates import parse_date, relative
from milepost.cli.numbers import Whole
from milepost.cli.session_rows import find_session
from milepost.cli.show import escape, say_date, table
from milepost.cli.terminal import SHORTEST_ID, terminal
from milepost.cli.versions import who
from milepost.errors import InvalidInput
from milepost.measures.worsening import worsened
from milepost.views import brief as briefs
from milepost.views import burden as week
from milepost.views import history, recurrence
from milepost.views import priorities as ranks
from milepost.views import progress as going
from milepost.views import then_now as words_of
from milepost.views import timeline as line
from milepost.views import today as day_view
from milepost.views.entities import Session, plain

HEX = frozenset("0123456789abcdef-")
_UNSAID = frozenset({"measure", "owner", "on"})
"""Fields of a goal that are no words; only `--json` gives their history."""


def progress(goal: str | None = None, /, *, as_of: AsOf = None) -> None:
    """How it goes, from the first number to the latest. Any progress counts."""
    only = {terminal.entity("goal", goal)} if goal else None
    found = going.progress(state_of(as_of), only)

    terminal.answer(plain(found), lambda console: charts.progress(console, found, all_of_it=only is not None))


def today(*, on: str | None = None, as_of: AsOf = None) -> None:
    """What the day holds: what comes again on it, what is near, the next session.

    Parameters
    ----------
    on
        Another day than today (or, with --as-of, than the day of that moment).
    """
    now = terminal.today()
    state, events = read(as_of) if as_of else (state_of(), [])
    day = parse_date(on, now) if on else moment(as_of, events).date()
    found = day_view.today(state, day, datetime.now(UTC) if day == now else None)

    def show(console: Any) -> None:
        ids = terminal.short_ids()
        shown = table("id", "today" if day == now else say_date(day.isoformat(), now), "")
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
    now = day_of(as_of)
    first, last = (parse_date(from_, now, past=True) if from_ else None), (parse_date(to, now) if to else None)
    found = line.timeline(*read(as_of), now, first, last)

    def show(console: Any) -> None:
        shown = table("day", "what", "how")
        for one in found:
            shown.add_row(say_date(one.on, now), escape(one.title), escape(one.what))
        console.print(shown if found else "Nothing with a date here, which is fine.")

    terminal.answer([plain(one) for one in found], show)


def brief(
    *,
    since: str | None = None,
    print_: Annotated[bool, Parameter(name="--print", negative="")] = False,
    as_of: AsOf = None,
) -> None:
    """What happened since the last session, on one page to take to the next.

    Parameters
    ----------
    since
        Go from another day, or from another session: its id, as `milepost session list` shows it.
    print_
        Plain text at a terminal too, to be printed; anywhere else it is that anyway.
    """
    from milepost.cli.instruments import recorded, usable

    state, events = read(as_of)
    then = _since(since) if since is not None else None
    found = briefs.brief(state, events, moment(as_of, events), partial(worsened, usable(recorded(state))), then)

    def show(console: Any) -> None:
        for text in charts.page(found):
            if print_:
                console.print(text, markup=False, emoji=False, soft_wrap=True)
            else:
                console.print(escape(text) if text.startswith(" ") else f"[bold]{escape(text)}[/]")

    terminal.answer(plain(found), show)


def _since(text: str) -> Session | date:
    """The day or the session that somebody means.

    Raises:
        InvalidInput, NotFound: it is neither, or a day that is yet to come.
    """
    try:
        day = date.fromisoformat(terminal.past_day(text))
    except InvalidInput:
        if terminal.begun and len(text) >= SHORTEST_ID and all(letter in HEX for letter in text.lower()):
            return find_session(text)
        raise
    return day


def then_now(goal: str | None = None, /, *, as_of: AsOf = None) -> None:
    """How you first put it, and how you put it now, in your own words."""
    only = terminal.entity("goal", goal) if goal else None
    found = words_of.then_now(*read(as_of), only)

    terminal.answer([plain(one) for one in found], lambda console: charts.then_now(console, found))


def goal_history_command(id: str, /, *, as_of: AsOf = None) -> None:
    """Every wording a goal has had, and why it changed."""
    entity = terminal.entity("goal", id)
    # A place in the order says nothing by itself: it is what sorts before others.
    found = [one for one in history.goal_history(read(as_of)[1], terminal.journal(), entity) if one.field != "rank"]

    def show(console: Any) -> None:
        said = [change for change in found if change.field not in _UNSAID]
        by = {actor: who(actor) for actor in {one.actor for one in said}}
        several = set(by.values()) - {"you"}
        shown = table("when", *(["who"] if several else []), "what", "from", "to", "because")
        for one in said:
            row = (_day_of(one.at), *([escape(by[one.actor])] if several else []), one.field.replace("_", " "))
            why = "; ".join(part for part in (one.reason or "", _at_once(one)) if part)
            to = "(taken out)" if one.redacted and one.to is None else charts.say_field(one.to)
            shown.add_row(*row, escape(charts.say_field(one.from_)), escape(to), escape(why))
        console.print(shown)

    terminal.answer([plain(one) for one in found], show)


def _at_once(one: history.Change) -> str:
    """What a change had to do with others made at the same time, in a few words."""
    if one.settles:
        return f"settles: {' / '.join(charts.say_field(value) for value in one.settles)}"
    if one.set_aside:
        return "set aside: waits to be settled"
    return "at the same time as another" if one.beside else ""


def _day_of(ms: int) -> str:
    try:
        day = datetime.fromtimestamp(ms / 1000, recurrence.zone_of(zone_name())).date()
    except (ValueError, OverflowError, OSError):
        return ""  # a clock beyond the calendar
    return relative(day, terminal.today())


def priorities(*, as_of: AsOf = None) -> None:
    """Your active goals in your own order, and where it may be easiest to begin."""
    found = ranks.priorities(state_of(as_of))

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


def summary(*, as_of: AsOf = None) -> None:
    """The journal in a short paragraph."""
    found = ranks.summary(state_of(as_of))
    terminal.answer(plain(found), lambda console: console.print(escape(found.words)))


def burden(
    *,
    limit: Whole = week.LIMIT,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
) -> None:
    """How many minutes the coming seven days ask for, as far as you have said how long things take.

    Parameters
    ----------
    limit
        Minutes a week up to which all is well for you.
    from_
        The first of the seven days.
    """
    if limit < 0:
        raise InvalidInput("A limit is a number of minutes, 0 or more, as in `--limit 45`.")
    now = terminal.today()
    found = week.burden(state_of(), parse_date(from_, now) if from_ else now, limit)

    terminal.answer(plain(found), lambda console: charts.burden(console, found, terminal.short_ids()))
