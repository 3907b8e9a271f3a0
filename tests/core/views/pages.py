"""A journal that is written by hand, minute by minute, and what the tests of views share."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw

from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State
from tests.events import JOURNAL, device, entity, event

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
NEVER_SAID = ("streak", "missed", "overdue", "fail", "%", "should", "must")


def ms(text: str, zone: str = BERLIN) -> int:
    """A local time as milliseconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


class Pages:
    """A journal that one or more devices write, one minute after the other unless a time is given."""

    def __init__(self, zone: str = BERLIN, begins: str = "2026-09-01T08:00:00") -> None:
        self.events: list[Event] = []
        self.now_ms = ms(begins, zone)
        self.write("journal.opened", title="Mine", time_zone=zone)

    def write(
        self, name: str, /, *, by: int = 1, at: str = "", seen: dict[str, int] | None = None, **fields: Any
    ) -> Event:
        self.now_ms = ms(at) if at else self.now_ms + 60_000
        n = 1 + sum(e.device == device(by) for e in self.events)
        made = msgspec.structs.replace(
            event(1),
            device=device(by),
            n=n,
            hlc=format_hlc(self.now_ms),
            seen=seen or {},
            type=name,
            data=Raw(encode_payload(name, fields)),
        )
        self.events.append(made)
        return made

    def goal(self, number: int, title: str = "", **fields: Any) -> str:
        self.write("goal.created", id=entity(number), title=title or f"Goal {number}", rank=f"{number:03}", **fields)
        return entity(number)

    def measure(self, number: int, goal: str, **fields: Any) -> str:
        self.write("measure.defined", id=entity(number), goal=goal, **{"type": "scale", **fields})
        self.write("goal.revised", id=goal, measure=entity(number))
        return entity(number)

    def checkin(self, number: int, subject: str | None, on: str, **fields: Any) -> str:
        about = {} if subject is None else {"subject": subject}
        self.write("checkin.recorded", id=entity(number), on=on, **about, **fields)
        return entity(number)

    def numbers(self, goal: str | None, measure: str | None, values: dict[str, float], first: int = 500) -> None:
        about = {} if measure is None else {"measure": measure}
        for number, (on, value) in enumerate(values.items(), first):
            self.checkin(number, goal, on, value=value, **about)

    @property
    def state(self) -> State:
        state = State(JOURNAL)
        for made in self.events:
            state.apply(made)
        return state


def texts(value: Any) -> Iterator[str]:
    """Every text in a view, without ids and names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def goal_less(pages: Pages) -> None:
    pages.checkin(1, None, "2026-11-01", value=4)
    pages.checkin(2, None, "2026-11-08", note="a quiet day")
    pages.write("reflection.written", id=entity(3), on="2026-11-09", text="It is all right as it is")


def open_only(pages: Pages) -> None:
    pages.goal(1, "Feel lighter")
    pages.goal(2, "Be with people")
    pages.checkin(3, entity(1), "2026-11-08", note="by the river")
