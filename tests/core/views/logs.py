"""Journals by chance: any events that people may write, from devices whose clocks agree or do not."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import Raw

from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State
from milepost.views import history
from tests.events import JOURNAL, device, entity, event

DEVICES = 3
DAYS = [(date(2026, 10, 1) + timedelta(n)).isoformat() for n in range(0, 80, 9)]
START = {"at": "2026-10-20T15:00:00", "time_zone": "Europe/Berlin"}
MOVED = {"at": "2026-10-28T09:30:00", "time_zone": "America/New_York"}

ids = st.integers(1, 3)
days = st.sampled_from(DAYS)
values = st.one_of(st.integers(-2, 10), st.floats(0, 10, width=16))
goals, steps, practices = ids.map(entity), ids.map(lambda n: entity(10 + n)), ids.map(lambda n: entity(20 + n))
measures, checkins, topics = (
    ids.map(lambda n: entity(30 + n)),
    st.integers(40, 60).map(entity),
    ids.map(lambda n: entity(70 + n)),
)
sessions, series, proposals = ids.map(lambda n: entity(80 + n)), st.just(entity(90)), ids.map(lambda n: entity(100 + n))
reflections, forms, alliances = (st.integers(at, at + 3).map(entity) for at in (110, 120, 130))
reminders = st.integers(140, 142).map(entity)
CLOCKS, ZONES = ["07:30", "21:00"], ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
notes = st.sampled_from(["a quiet day", "hard", "it went"])
tens = st.integers(0, 10)


Drafts = st.SearchStrategy[tuple[str, dict[str, Any]]]


def written(name: str, **fields: Any) -> tuple[str, Drafts]:
    made = st.fixed_dictionaries(fields)
    return name, made.map(lambda made: (name, {k: v for k, v in made.items() if v is not ...}))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(...), strategy)


CHANGES = st.fixed_dictionaries(
    {"kind": st.just("goal"), "id": goals, "fields": st.fixed_dictionaries({"title": notes, "importance": tens})}
)
EACH = [
    written("goal.created", id=goals, title=notes, importance=maybe(tens), confidence=maybe(tens), due=maybe(days)),
    written("goal.revised", id=goals, title=notes, why=st.one_of(st.none(), notes), reason=maybe(notes)),
    written("goal.revised", id=goals, measure=measures),
    written(
        "goal.status_changed", id=goals, status=st.sampled_from(["active", "paused", "achieved", "let_go"]), on=days
    ),
    written("goal.ranked", id=goals, rank=st.sampled_from("abc")),
    written("goal.retracted", id=goals),
    written("milestone.added", id=steps, goal=goals, title=notes, due=maybe(st.one_of(days, st.just(START)))),
    written("milestone.revised", id=steps, progress=st.integers(0, 100)),
    written("milestone.status_changed", id=steps, status=st.sampled_from(["planned", "reached", "dropped"]), on=days),
    written(
        "measure.defined", id=measures, goal=goals, type=st.sampled_from(["scale", "attainment"]), low=maybe(st.just(0))
    ),
    written("measure.revised", id=measures, better=st.sampled_from(["up", "down", "keep"]), high=maybe(st.just(10))),
    written(
        "practice.added",
        id=practices,
        title=notes,
        recurrence=st.just("FREQ=DAILY;INTERVAL=2"),
        start=days,
        minutes=st.just(20),
    ),
    written(
        "practice.revised",
        id=practices,
        recurrence=st.sampled_from(["FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;UNTIL=20261101"]),
        goal=goals,
    ),
    written("practice.status_changed", id=practices, status=st.sampled_from(["active", "paused"]), on=days),
    *[
        written("checkin.recorded", id=checkins, subject=maybe(about), on=days, value=values, measure=maybe(measures))
        for about in (goals, goals, goals, practices)
    ],
    written("checkin.recorded", id=checkins, subject=maybe(goals), on=days, note=notes, baseline=st.booleans()),
    written("checkin.amended", id=checkins, value=values),
    written("checkin.retracted", id=checkins),
    written("series.planned", id=series, start=st.just(START), recurrence=st.just("FREQ=WEEKLY")),
    written("series.ended", id=series, ended=st.one_of(st.none(), days)),
    written("session.scheduled", id=sessions, start=st.just(START), series=series, original=st.just(START)),
    written("session.revised", id=sessions, start=st.just(MOVED)),
    written("session.status_changed", id=sessions, status=st.sampled_from(["held", "cancelled", "not_held"]), on=days),
    written("topic.added", id=topics, text=notes),
    written("topic.status_changed", id=topics, status=st.sampled_from(["open", "discussed"]), on=days),
    written("reflection.written", id=reflections, on=days, text=notes, takeaway=maybe(notes), goal=maybe(goals)),
    written(
        "assessment.recorded",
        id=forms,
        instrument=st.just("phq-9"),
        version=st.just("1"),
        answers=st.just([1]),
        on=days,
    ),
    written("alliance.recorded", id=alliances, on=days, bond=tens, tasks=tens),
    written("proposal.made", id=proposals, change=CHANGES),
    written("proposal.decided", id=proposals, decision=st.just("accepted"), on=days, accepted=CHANGES),
    written("reminder.set", id=reminders, what=notes, recurrence=st.just("FREQ=DAILY"), at=st.sampled_from(CLOCKS)),
    written("reminder.removed", id=reminders),
    written("journal.revised", title=notes, time_zone=st.sampled_from(ZONES)),
    written("milestone.retracted", id=steps),
    written("topic.retracted", id=topics),
    written("rest.set", on=days, until=st.one_of(st.none(), days)),
    written("rest.ended", on=days),
    written("plan.revised", helps=notes),
]
"""What may be written: the type of an event, and its payloads."""


def drafts(*without: str) -> Drafts:
    """Whatever may be written, but about no entity of these kinds."""
    return st.one_of([made for name, made in EACH if name.split(".")[0] not in without])


DRAFTS = drafts()


@st.composite
def logs(draw: st.DrawFn, clocks: str = "honest", drafts: Drafts = DRAFTS) -> list[Event]:
    """What some devices wrote, in the order they did; now and then one hears all that another knows.

    With honest clocks a write ranks above all that its author had seen; with `any` clocks, by chance.
    """
    hears = st.sampled_from([0] * 9 + list(range(1, DEVICES + 1)))
    size = draw(st.sampled_from([0, 10, 40]))
    deeds = draw(st.lists(st.tuples(st.integers(1, DEVICES), drafts, hears), min_size=size, max_size=2 * size))
    known: dict[int, dict[str, int]] = {d: {} for d in range(1, DEVICES + 1)}
    clock = dict.fromkeys(known, 1_790_000_000_000)
    log = []
    for by, (name, fields), heard in deeds:
        if heard and heard != by:
            known[by] = {d: max(known[by].get(d, 0), known[heard].get(d, 0)) for d in known[by] | known[heard]}
            clock[by] = max(clock[by], clock[heard])
        clock[by] += draw(st.integers(1, 90_000_000))
        n = known[by].get(device(by), 0) + 1
        known[by][device(by)] = n
        at = clock[by] if clocks == "honest" else draw(st.integers(1_790_000_000_000, 1_790_000_000_020))
        seen = {d: k for d, k in known[by].items() if d != device(by)}
        payload = Raw(encode_payload(name, fields))
        made = msgspec.structs.replace(
            event(1),
            device=device(by),
            n=n,
            seen=seen,
            hlc=format_hlc(at, by),
            type=name,
            data=payload,
            seq=len(log) + 1,
        )
        log.append(made)
    return log


def reordered(log: Sequence[Event], chance: random.Random) -> list[Event]:
    """The same events in another causal order."""
    waiting = list(log)
    applied: dict[str, int] = {}
    found = []
    while waiting:
        ready = [
            e
            for e in waiting
            if e.n == applied.get(e.device, 0) + 1 and all(applied.get(d, 0) >= n for d, n in e.seen.items())
        ]
        chosen = chance.choice(ready)
        waiting.remove(chosen)
        applied[chosen.device] = chosen.n
        found.append(chosen)
    return found


def fold(log: Sequence[Event]) -> State:
    state = State(JOURNAL)
    for made in log:
        state.apply(made)
    return state


def shown(state: State, kind: str, one: str) -> dict[str, Any]:
    return {name: value for name, value in state.fields(kind, one).items() if value is not None}


def replayed(changes: Sequence[history.Change]) -> dict[str, Any]:
    played = {change.field: change.to for change in changes}
    return {name: value for name, value in played.items() if value is not None}


slowly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
