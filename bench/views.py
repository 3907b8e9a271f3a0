"""All views of a long journal, drawn from a folded state as a client has it."""

import tempfile
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from bench.corpus import JOURNAL, corpus
from bench.figures import Figure, Sizes, alternate, less
from bench.peers import Diary, Goal, diary
from bench.peers import load as load_peer
from bench.years import years
from examples.demo.story import TIME_ZONE
from milepost.clock import hlc_ms
from milepost.envelope import Event, decode_event, encode_event
from milepost.journal import State, paused_collector
from milepost.views.brief import brief
from milepost.views.burden import burden
from milepost.views.history import goal_history
from milepost.views.journal import conflicts, goal_ids, goals, journal_view
from milepost.views.priorities import priorities, summary
from milepost.views.progress import progress
from milepost.views.recurrence import zone_of
from milepost.views.then_now import then_now
from milepost.views.timeline import timeline
from milepost.views.today import today

TARGET_MS = 50
_encode = msgspec.json.Encoder().encode


class Journal(NamedTuple):
    """A journal as a client holds it: its events, its state, the time at its end, and one goal to look at."""

    events: list[Event]
    state: State
    now: datetime
    goal: str


def opened(bodies: Sequence[bytes]) -> Journal:
    """Decodes and folds a log; the goal is the one that was checked in on most."""
    events, state = [], State(JOURNAL)
    with paused_collector():
        for body in bodies:
            event = decode_event(body)
            events.append(event)
            state.apply(event)
    if len(events) != len(bodies) or state.unfolded:
        raise AssertionError("Not every event was folded.")
    now = datetime.fromtimestamp(hlc_ms(events[-1].hlc) / 1000, UTC).astimezone(zone_of(TIME_ZONE))
    return Journal(events, state, now, max(goals(state), key=lambda goal: len(goal.checkins)).id)


def drawn(of: Journal) -> dict[str, Any]:
    """Every view, made once."""
    events, state, now, goal = of
    day = now.date()
    return {
        "journal": journal_view(state),
        "goals": goals(state),
        "conflicts": conflicts(state),
        "progress": progress(state),
        "today": today(state, day, now),
        "timeline": timeline(state, events, day),
        "brief": brief(state, events, now),
        "then_now": then_now(state, events),
        "priorities": priorities(state),
        "summary": summary(state),
        "burden": burden(state, day),
        "goal_history": goal_history(events, JOURNAL, goal),
    }


def check_drawn(found: dict[str, Any], of: Journal) -> None:
    """The work was done: what the views say agrees with the state and with one another.

    Raises:
        AssertionError: it does not, or a view is empty that can't be.
    """
    said = len(of.state.visible("checkin"))
    told = [len(found["journal"].checkins), found["summary"].checkins]
    told.append(sum(len(goal.checkins) for goal in found["goals"]) + _without_goal(found))
    if told != [said] * 3 or [goal.id for goal in found["goals"]] != goal_ids(of.state):
        raise AssertionError(f"The views tell of {told} check-ins, and the state of {said}.")
    if empty := [name for name, view in found.items() if name != "conflicts" and not _encode(view)[2:]]:
        raise AssertionError(f"Nothing was drawn of {', '.join(empty)}.")


def _without_goal(found: dict[str, Any]) -> int:
    ids = {goal.id for goal in found["goals"]}
    return sum(checkin.subject not in ids for checkin in found["journal"].checkins)


def run(sizes: Sizes) -> list[Figure]:
    """`views`: one person's many years, which is what is judged, and the demo's mix, which is twenty people's goals."""
    judged = [encode_event(event) for event in years(sizes.journal)]
    mix = opened([encode_event(event) for event in corpus(sizes.journal)])
    of = opened(judged)
    with tempfile.TemporaryDirectory() as folder, diary(Path(folder) / "eventsourcing") as app:
        ids = load_peer(app, of.events).values()
        found = drawn(of)
        value, mixed, library, floor = alternate(
            sizes.rounds,
            lambda: _draw(of),
            lambda: _draw(mix),
            lambda: _read(app, ids),
            lambda: _encoded(found),
        )
    return [
        less("views", "ms", value, "target, one person's years", TARGET_MS),
        less("views", "ms", mixed, "target, the demo's mix", TARGET_MS),
        less("views", "ms", value, "eventsourcing repository, every aggregate", library),
        less("views", "ms", value, "bare msgspec encode of the same answers", floor),
    ]


def _encoded(found: dict[str, Any]) -> float:
    """Milliseconds to write the answers down as JSON."""
    started = time.perf_counter()
    body = _encode(found)
    elapsed = (time.perf_counter() - started) * 1000
    if msgspec.json.decode(body).keys() != found.keys():
        raise AssertionError("Not every answer was written.")
    return elapsed


def _draw(of: Journal) -> float:
    """Milliseconds for all views, made and kept, from a state that nobody has looked at yet."""
    of.state.checkins_read = None
    started = time.perf_counter()
    found = drawn(of)
    elapsed = (time.perf_counter() - started) * 1000
    check_drawn(found, of)
    return elapsed


def _read(app: Diary, ids: Collection[UUID]) -> float:
    """Milliseconds for the library to bring every aggregate to its newest version."""
    started = time.perf_counter()
    read: list[Goal] = [app.repository.get(one) for one in ids]
    elapsed = (time.perf_counter() - started) * 1000
    if len(read) != len(ids) or not all(one.version for one in read):
        raise AssertionError("The library did not give every aggregate.")
    return elapsed
