"""Which session is meant by a few letters of its id, and how sessions and series look on a terminal; writes nothing."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from milepost.cli.dates import relative
from milepost.cli.every import say_every
from milepost.cli.show import STATUS_WORDS, escape, table
from milepost.cli.terminal import SHORTEST_ID, local_zone, shorten, terminal
from milepost.errors import InvalidInput, NotFound
from milepost.events import read_fields
from milepost.views import entities
from milepost.views import sessions as known_sessions
from milepost.views.entities import Series, Session, plain
from milepost.views.priorities import say_day
from milepost.views.recurrence import series_sessions

One = Session | Series
NEAR_DAYS = 14
"""So near a day is told from others by how far off it is."""


def find(text: str) -> One:
    """The session or series whose id begins with `text`; an occurrence need not be written down.

    What is near is looked at first, so that the short ids in a list are enough.
    """
    state, today = terminal.state(), terminal.today()
    known: dict[str, One] = {one.id: one for one in entities.series(state)}
    known |= {one.id: one for one in entities.sessions(state)}
    wanted = text.strip().lower()
    if len(wanted) >= SHORTEST_ID:
        known |= {one.id: one for one in known_sessions.near_sessions(state, today)}
        if not any(entity.startswith(wanted) for entity in known):
            known |= {one.id: one for one in known_sessions.far_sessions(state, today)}
    try:
        return known[terminal.match(text, known, "session")]
    except NotFound:
        if len(wanted) >= SHORTEST_ID and (series := _series_before(wanted, today)):
            short = terminal.short_ids().get(series, series[:SHORTEST_ID])
            raise NotFound(
                f"The series of the session {text} comes at other times now, so its sessions have other ids. "
                f"`milepost session show {short}` shows them."
            ) from None
        raise


def _series_before(wanted: str, today: date) -> str | None:
    """The series that gave a session with such an id before it was changed."""
    fields: dict[str, dict[str, Any]] = {}
    first, last = today - timedelta(known_sessions.FAR_DAYS), today + timedelta(known_sessions.FAR_DAYS)
    for _, event in terminal.device.log.events(terminal.journal()):
        read = read_fields(terminal.journal(), event) if event.type.startswith("series.") else None
        if read is None:
            continue
        _, entity, changed = read
        before = {name: value for name, value in fields.get(entity, {}).items() if value is not None}
        if event.type == "series.revised" and "start" in before:
            series = Series(id=entity, **{name: before[name] for name in ("start", "recurrence") if name in before})
            if any(one.id.startswith(wanted) for one in series_sessions(series, first, last)):
                return entity
        fields[entity] = {**before, **changed}
    return None


def find_session(text: str) -> Session:
    """The same, where a whole series makes no sense.

    Raises:
        InvalidInput: it is a series.
    """
    one = find(text)
    if isinstance(one, Series):
        raise InvalidInput(
            f"{text} is a series. `milepost session show {text}` shows the sessions it gives: say which of them."
        )
    return one


def written(kind: str, entity: str) -> One:
    """A `series` or `session` as it is now."""
    state = terminal.state()
    cls: type[One] = Series if kind == "series" else Session
    return entities.show(state, cls, kind, entity, start=state.fields(kind, entity)["start"])


def row_of(one: One) -> dict[str, Any]:
    """As plain JSON values; `kind` tells a series from a session."""
    return {"kind": "series" if isinstance(one, Series) else "session", **plain(one)}


def _short_ids(shown: Sequence[One]) -> dict[str, str]:
    """Id → as much of it as tells it from everything written down and from the occurrences near today."""
    state = terminal.state()
    near = {one.id for one in known_sessions.near_sessions(state, terminal.today())}
    written = {entity for of_kind in state.entities.values() for entity in of_kind}
    known = sorted(written | near | {one.id for one in shown})
    places = {one.id: bisect_left(known, one.id) for one in shown}
    return {e: shorten(e, known[max(at - 1, 0) : at] + known[at + 1 : at + 2]) for e, at in places.items()}


def say_when(one: One) -> str:
    """When it begins: near today as one would say it, else its date; with its time zone where that is not the journal's."""
    zone, on, today = one.start["time_zone"], one.start["at"][:10], terminal.today()
    elsewhere = "" if zone == journal_zone() else f" ({zone})"
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return f"{on}{elsewhere}"
    # Of two sessions in a week both would be `in 3 weeks`.
    said = relative(day, today) if abs((day - today).days) < NEAR_DAYS else f"{day:%a} {say_day(on)}"
    return f"{said} {one.start['at'][11:16]}{elsewhere}"


def journal_zone() -> str:
    """The time zone of the journal in use."""
    return terminal.state().fields("journal", terminal.journal()).get("time_zone") or local_zone()


def _last_words(one: One, ids: dict[str, str]) -> str:
    if isinstance(one, Series):
        ended = f", until {say_day(one.ended)}" if one.ended else ""
        return f"{say_every(one.recurrence)}{ended}"
    turned = STATUS_WORDS.get(one.status, one.status.replace("_", " "))
    series = f"of {ids.get(one.series, one.series[:SHORTEST_ID])}" if one.series else ""
    return ", ".join(filter(None, (turned, series)))


def print_sessions(console: Any, found: Sequence[One], *, kinds: bool = False) -> None:
    """A table of them; with `kinds` each says what it is."""
    ids = {**terminal.short_ids(), **_short_ids(found)}
    shown = table("id", *([""] if kinds else []), "when", "", "", "")
    for one in found:
        kind = ["series" if isinstance(one, Series) else "session"] if kinds else []
        minutes = f"{one.minutes} min" if one.minutes else ""
        cells = (*kind, say_when(one), minutes, one.place or "", _last_words(one, ids))
        shown.add_row(ids[one.id], *map(escape, cells))
    console.print(shown)


def answer_one(one: One) -> None:
    """Shows one of them."""
    terminal.answer(row_of(one), lambda console: print_sessions(console, [one]))


def print_words(console: Any, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """(short id, words) under a heading; nothing where there are none."""
    if rows:
        console.print(f"\n{heading}")
        shown = table("", "")
        shown.show_header = False
        for short, words in rows:
            shown.add_row(f"[dim]{short}[/]", escape(words))
        console.print(shown)
