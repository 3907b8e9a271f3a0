"""What people write in a schedule: every value is new, so that it can be told which one is shown."""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from milepost.events import Draft, Fields
from milepost.journal import State

_FIRST_DAY = date(2027, 1, 1).toordinal()
STATUSES = ("active", "paused", "achieved", "later")


class Cast(Struct, frozen=True):
    """The entities that everything is about."""

    goals: tuple[str, str]
    checkins: tuple[str, str]
    measure: str
    milestone: str
    topic: str


def begin(new_id: Callable[[], str]) -> tuple[Cast, list[Draft]]:
    """The cast, and the events that bring it in."""
    cast = Cast((new_id(), new_id()), (new_id(), new_id()), new_id(), new_id(), new_id())
    drafts = [Draft("goal.created", {"id": goal, "title": f"Goal {i}"}) for i, goal in enumerate(cast.goals)]
    drafts += [
        Draft(
            "measure.defined", {"id": cast.measure, "goal": cast.goals[0], "type": "amount", "question": "How much?"}
        ),
        Draft("milestone.added", {"id": cast.milestone, "goal": cast.goals[0], "title": "A step"}),
        Draft("topic.added", {"id": cast.topic, "text": "A topic"}),
    ]
    for i, checkin in enumerate(cast.checkins):
        about = {"subject": cast.goals[i], "on": day(i)}
        drafts.append(Draft("checkin.recorded", {"id": checkin, **about, "measure": cast.measure, "value": i}))
    return cast, drafts


def day(n: int) -> str:
    return date.fromordinal(_FIRST_DAY + n).isoformat()


def _status(cast: Cast, _: State | None, target: int, n: int) -> list[Draft]:
    fields: Fields = {"id": cast.goals[target], "status": STATUSES[n % 4], "on": day(n)}
    return [Draft("goal.status_changed", fields | ({"reflection": f"looking back {n:04}"} if n % 3 == 0 else {}))]


def _propose(cast: Cast, _: State | None, target: int, n: int) -> list[Draft]:
    proposal = f"{n:08d}-0000-4000-8000-000000000000"
    change = {
        "kind": "goal",
        "id": cast.goals[target],
        "fields": {"title": f"proposed {n:04}", "why": f"proposed {n:04}"},
    }
    if target:
        change = {"kind": "checkin", "id": cast.checkins[0], "fields": {"measure": cast.measure, "value": n}}
    return [Draft("proposal.made", {"id": proposal, "change": change, "why": f"reason {n:04}"})]


def _accept(_: Cast, state: State | None, target: int, n: int) -> list[Draft]:
    """Accepts a proposal as it stands, decided already or not: two may do so at once."""
    proposals = sorted(state.entities.get("proposal", {})) if state else []
    if not proposals:
        return []
    chosen = proposals[n % len(proposals)]
    change = state.fields("proposal", chosen).get("change") if state else None
    if change is None:
        return []
    return [Draft("proposal.decided", {"id": chosen, "decision": "accepted", "on": day(n), "accepted": change})]


def _revise(kind: str, who: Callable[[Cast, int], str], **values: str) -> Callable[..., list[Draft]]:
    def drafts(cast: Cast, _: State | None, target: int, n: int) -> list[Draft]:
        return [Draft(kind, {"id": who(cast, target), **{name: f"{value} {n:04}" for name, value in values.items()}})]

    return drafts


def _plainly(kind: str, **values: str) -> Callable[..., list[Draft]]:
    return lambda cast, state, target, n: [Draft(kind, {name: f"{value} {n:04}" for name, value in values.items()})]


def _goal(cast: Cast, target: int) -> str:
    return cast.goals[target]


def _checkin(cast: Cast, target: int) -> str:
    return cast.checkins[target]


def _value(cast: Cast, _: State | None, target: int, n: int) -> list[Draft]:
    return [Draft("checkin.amended", {"id": cast.checkins[target], "measure": cast.measure, "value": n})]


def _twice(cast: Cast, state: State | None, target: int, n: int) -> list[Draft]:
    return [
        *_value(cast, state, target, n),
        Draft("goal.revised", {"id": cast.goals[target], "why": f"because {n:04}"}),
    ]


WRITTEN: tuple[Callable[[Cast, Any, int, int], list[Draft]], ...] = (
    _revise("goal.revised", _goal, title="title"),
    _revise("goal.revised", _goal, why="why", helps="helps"),
    _status,
    _value,
    _revise("checkin.amended", _checkin, note="note"),
    _revise("checkin.retracted", _checkin),
    _revise("goal.retracted", _goal, reason="a mistake"),
    _revise("goal.ranked", _goal, rank="m"),
    _plainly("journal.revised", title="journal"),
    _revise("topic.revised", lambda cast, _: cast.topic, text="topic"),
    _plainly("plan.revised", signs="signs"),
    _propose,
    _accept,
    _twice,
)

Asked = tuple[str, str, Fields | None]


def _patch(name: str, who: Callable[[Cast, int], str], **values: str) -> Callable[[Cast, int, int], Asked]:
    def asked(cast: Cast, target: int, n: int) -> Asked:
        return "PATCH", f"{name}/{who(cast, target)}", {field: f"{value} {n:04}" for field, value in values.items()}

    return asked


ASKED: tuple[Callable[[Cast, int, int], Asked], ...] = (
    _patch("goals", _goal, title="asked"),
    _patch("goals", _goal, why="asked", helps="asked"),
    lambda cast, target, n: ("PATCH", f"goals/{cast.goals[target]}", {"status": STATUSES[n % 4], "on": day(n)}),
    lambda cast, target, n: ("PATCH", f"checkins/{cast.checkins[target]}", {"value": n}),
    _patch("checkins", _checkin, note="asked"),
    lambda cast, target, n: ("DELETE", f"checkins/{cast.checkins[target]}", None),
    lambda cast, target, n: ("POST", "topics", {"text": f"asked {n:04}"}),
)
"""What scripts ask for: method, place in the journal, body."""

Out = tuple[str, str, tuple[str, ...]]

REDACTED: tuple[Callable[[Cast, int], Out], ...] = (
    lambda cast, target: ("goal", cast.goals[target], ()),
    lambda cast, target: ("goal", cast.goals[target], ("title",)),
    lambda cast, target: ("goal", cast.goals[target], ("why", "title")),
    lambda cast, target: ("checkin", cast.checkins[target], ("note",)),
    lambda cast, target: ("checkin", cast.checkins[target], ()),
    lambda cast, target: ("topic", cast.topic, ()),
)
"""What is taken out: kind, id, and which fields; none for all."""
