"""The journal in use as it is, or as it was at an earlier moment; reads the log, and writes nothing."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from milepost.cli.dates import parse_date
from milepost.cli.terminal import local_zone, terminal
from milepost.clock import hlc_ms
from milepost.envelope import Event
from milepost.errors import InvalidInput, NotFound
from milepost.journal import State
from milepost.views import history, recurrence

AsOf = Annotated[
    str | None, Parameter(help="As it was then: a date (its end), an ISO 8601 time, or a number of the server's log.")
]


def read(as_of: str | None = None) -> tuple[State, list[Event]]:
    """The journal in use and its events, as they were then; empty where nothing has begun.

    Raises:
        InvalidInput: `as_of` is neither a number nor a time, or a number and no server has numbered anything.
    """
    if not terminal.begun:
        return State(""), []
    journal = terminal.journal()
    events = terminal.device.log.history(journal)
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


def state_with(kind: str, entity: str, as_of: str | None) -> State:
    """The same, with a certain entity in it.

    Raises:
        NotFound: nobody had written it down by then.
    """
    state = state_of(as_of)
    if as_of is not None and not state.is_visible(kind, entity):
        raise NotFound(
            f"This {kind} was not written down yet as of {as_of}. Leave `--as-of` out to see it as it is now."
        )
    return state


def moment(as_of: str | None, events: list[Event]) -> datetime:
    """The moment that `--as-of` means, in the journal's time zone; now without it, and never later than now.

    A number of the log means when the newest of `events`, those up to it, was written.
    """
    zone = recurrence.zone_of(zone_name())
    now = datetime.now(zone)
    if as_of is None:
        return now
    limits = parse_as_of(as_of)
    written = [hlc_ms(event.ranked_at) if event.ranked_at else event.received_at for event in events]
    ms = limits["ms"] if "ms" in limits else max(filter(None, written), default=0)
    if not ms or ms >= now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(ms / 1000, zone)


def day_of(as_of: str | None) -> date:
    """The local day that `--as-of` means; today without it."""
    return terminal.today() if as_of is None else moment(as_of, read(as_of)[1]).date()


def parse_as_of(text: str) -> dict[str, int]:
    """`{seq}` or `{ms}` (milliseconds since 1970). A time without an offset is one in the journal's time zone.

    Raises:
        InvalidInput: neither.
    """
    said = text.strip()
    if said.isascii() and said.isdigit():
        return {"seq": int(said)}
    zone = recurrence.zone_of(zone_name())
    try:
        given = datetime.fromisoformat(said) if re.match(r"\d{4}-\d\d-\d\d[Tt ]", said) else None
    except ValueError:
        raise InvalidInput(f"{text!r} is not a time I know. Try 2026-12-18 or 2026-12-18T15:00.") from None
    if given is None:
        after = parse_date(said, terminal.today(), past=True) + timedelta(1)
        given = datetime(after.year, after.month, after.day, tzinfo=zone) - timedelta(milliseconds=1)
    given = given if given.tzinfo else given.replace(tzinfo=zone)
    return {"ms": (given.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)}


def zone_name() -> str:
    """The time zone of the journal in use."""
    named = terminal.state().fields("journal", terminal.journal()).get("time_zone") if terminal.begun else None
    return named or local_zone()


def local_time(ms: int) -> datetime:
    """A moment (milliseconds since 1970) in the time zone of the journal in use."""
    return datetime.fromtimestamp(ms / 1000, recurrence.zone_of(zone_name()))
