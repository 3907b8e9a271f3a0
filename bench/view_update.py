"""One more check-in on a long journal: applying it, and drawing again what a client shows of it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count as counting
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Raw

from bench.corpus import ACTOR, DEVICE
from bench.figures import Figure, Sizes, alternate, less
from bench.peers import Diary, diary
from bench.peers import load as load_peer
from bench.views import opened
from bench.years import years
from milepost.clock import format_hlc, hlc_ms, new_id, new_salt
from milepost.envelope import Event, encode_event
from milepost.events import encode_payload
from milepost.journal import Fresh, State
from milepost.views.journal import goal_view
from milepost.views.progress import progress
from milepost.views.today import practices_asked, today

TARGET_MS = 1


class _Client:
    """A client with the journal open; each of its screens is drawn again after a check-in of its own."""

    def __init__(self, state: State, goal: str, newest: Event, day: date) -> None:
        self.state, self.goal, self.day = state, goal, day
        self.measure = state.fields("goal", goal).get("measure")
        self.practice = next(one.id for one in practices_asked(state) if one.recurrence == "FREQ=DAILY")
        self.numbers, self.ms = counting(newest.n + 1), hlc_ms(newest.hlc)

    def checkin(self, subject: str, on: date, **fields: Any) -> Event:
        payload = {"id": new_id(), "subject": subject, "on": on.isoformat(), **fields}
        n = next(self.numbers)
        return Event(
            device=DEVICE,
            n=n,
            hlc=format_hlc(self.ms + n),
            actor=ACTOR,
            type="checkin.recorded",
            salt=new_salt(),
            data=Raw(encode_payload("checkin.recorded", payload)),
        )

    def goal_again(self, value: int) -> float:
        event = self.checkin(self.goal, self.day, measure=self.measure, value=value)
        elapsed, view = _timed(self.state, event, lambda: goal_view(self.state, self.goal))
        _check(view.latest == value)
        return elapsed

    def progress_again(self, value: int) -> float:
        event = self.checkin(self.goal, self.day, measure=self.measure, value=value)
        elapsed, view = _timed(self.state, event, lambda: progress(self.state, {self.goal}))
        _check(any(one.now == value for one in view.goals[0].series))
        return elapsed

    def today_again(self, later: int) -> float:
        """Of another day each time, so that what is done was not yet."""
        on = self.day + timedelta(later)
        event = self.checkin(self.practice, on, occurrence=on.isoformat())
        elapsed, view = _timed(self.state, event, lambda: today(self.state, on))
        _check(any(one.id == self.practice and one.done for one in view.practices))
        return elapsed

    def pass_over(self) -> float:
        """Looks at the subject of every check-in, and at nothing else."""
        started = time.perf_counter()
        found = [
            one
            for one in self.state.entities["checkin"].values()
            if isinstance(one, Fresh) and one.fields.get("subject") == self.goal
        ]
        elapsed = (time.perf_counter() - started) * 1000
        _check(bool(found))
        return elapsed


def _timed(state: State, event: Event, draw: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds to apply the event and draw, and what was drawn."""
    started = time.perf_counter()
    state.apply(event)
    view = draw()
    return (time.perf_counter() - started) * 1000, view


def _check(it_shows: bool) -> None:
    if not it_shows:
        raise AssertionError("The check-in is not in what was drawn.")


def run(sizes: Sizes) -> list[Figure]:
    """`view-update`."""
    of = opened([encode_event(event) for event in years(sizes.journal)])
    client = _Client(of.state, of.goal, of.events[-1], of.now.date())
    values: Iterator[int] = (n % 10 for n in counting())
    later = counting(1)
    with tempfile.TemporaryDirectory() as folder, diary(Path(folder) / "eventsourcing") as app:
        aggregate = load_peer(app, of.events)[of.goal]
        goal, going, day, library, floor = alternate(
            sizes.rounds,
            lambda: client.goal_again(next(values)),
            lambda: client.progress_again(next(values)),
            lambda: client.today_again(next(later)),
            lambda: _read(app, aggregate),
            client.pass_over,
        )
    return [
        less("view-update", "ms", goal, "target, the goal", TARGET_MS),
        less("view-update", "ms", going, "target, its progress", TARGET_MS),
        less("view-update", "ms", day, "target, today", TARGET_MS),
        less("view-update", "ms", goal, "eventsourcing repository, that goal", library),
        less("view-update", "ms", goal, "bare pass over every check-in", floor),
    ]


def _read(app: Diary, aggregate: UUID) -> float:
    """Milliseconds for the library to bring the goal's aggregate to its newest version."""
    started = time.perf_counter()
    found: Any = app.repository.get(aggregate)
    elapsed = (time.perf_counter() - started) * 1000
    _check(found.version > 1)
    return elapsed
