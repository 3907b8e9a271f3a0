"""Making, changing and taking back an entity of any kind by its fields, for those who keep no log of their own; pure.

Each field is checked as at every other door; what a person would see to at the terminal (a place in the order, the
measure that a number answers, today's date) is seen to here.
"""

from collections.abc import Callable
from datetime import date, timedelta

from milepost.commands.goals import (
    NewId,
    add_goal,
    add_milestone,
    check_days,
    check_in,
    check_value,
    define_measure,
    given,
    require,
)
from milepost.commands.measuring import check_measure
from milepost.commands.planning import add_practice, bring, plan_series, reflect, revised, schedule
from milepost.commands.sessions import write_down
from milepost.commands.settling import DEFAULT_STATUS
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft, Fields, encode_payload
from milepost.events.forms import is_day
from milepost.events.registry import NOT_FIELDS
from milepost.journal import State
from milepost.views.proposals import is_proposed
from milepost.views.sessions import session_by_id

Made = tuple[str, list[Draft]]

BEGINNINGS: dict[str, str] = {
    "goal": "goal.created",
    "milestone": "milestone.added",
    "measure": "measure.defined",
    "practice": "practice.added",
    "checkin": "checkin.recorded",
    "series": "series.planned",
    "session": "session.scheduled",
    "topic": "topic.added",
    "reflection": "reflection.written",
}
"""Entity kind → the event that one begins with; what is not here (assessments, how the work together feels, the safety
plan) is for the person's own devices alone."""

TODAY = {"practice": "start", "checkin": "on", "reflection": "on"}
"""The field that is today where nobody said otherwise."""


def _measure(state: State, new_id: NewId, *, goal: str, question: str | None = None, **fields: object) -> Made:
    return define_measure(state, new_id, goal, question, **fields)


def _checkin(state: State, new_id: NewId, *, subject: str | None = None, on: str, **fields: object) -> Made:
    return check_in(state, new_id, subject, on, **fields)  # type: ignore[arg-type]


_MAKERS: dict[str, Callable[..., Made]] = {
    "goal": add_goal,
    "milestone": add_milestone,
    "measure": _measure,
    "practice": add_practice,
    "checkin": _checkin,
    "series": lambda _, new_id, **fields: plan_series(new_id, **fields),
    "session": lambda _, new_id, **fields: schedule(new_id, **fields),
    "topic": lambda _, new_id, text=None, about=None, **fields: bring(new_id, text, about, **fields),
    "reflection": reflect,
}


def make(state: State, new_id: NewId, kind: str, fields: Fields, today: str) -> Made:
    """A new entity; returns its id and the events.

    Raises:
        InvalidEvent: a field breaks the rules of its kind, is unknown, or is missing.
        InvalidInput, NotFound: it makes no sense in this journal.
    """
    _refuse_ours(fields, NOT_FIELDS)
    fields = given(fields)
    if kind in TODAY:
        fields = {TODAY[kind]: today, **fields}
    encode_payload(BEGINNINGS[kind], {"id": new_id(), **fields})
    _check_on(kind, fields, today)
    _check_references(state, kind, fields, today)
    return _MAKERS[kind](state, new_id, **fields)


def change(state: State, kind: str, entity: str, fields: Fields, today: str) -> list[Draft]:
    """Gives fields of an entity other values (None empties one); what is so already is left out.

    `reason` says why. A status without `on` is about today.

    Raises:
        NotFound: there is no such entity.
        InvalidInput: nothing is given, or what can't be changed.
    """
    untouched = session_by_id(state, entity, date.fromisoformat(today)) if kind == "session" else None
    first = write_down(state, untouched) if untouched is not None else []
    if not first:
        require(state, kind, entity)
    _refuse_ours(fields, NOT_FIELDS - {"reason"} | {"retracted"})
    fields = dict(fields)
    reason = fields.pop("reason", None)
    if not fields:
        raise InvalidInput("Say what to change: give at least one field.")
    now = state.fields(kind, entity)
    if kind in DEFAULT_STATUS and ("status" in fields or "reflection" in fields):
        was = now.get("status") or DEFAULT_STATUS[kind]
        fields.setdefault("status", was)
        if fields["status"] != was or "reflection" in fields:
            fields.setdefault("on", now.get("on") or today if fields["status"] == was else today)
        elif "on" not in fields:
            del fields["status"]
    if kind == "checkin" and "value" in fields and (measure := fields.get("measure", now.get("measure"))):
        check_value(state, measure, fields["value"])
    if kind == "measure":
        check_measure({**now, **fields})
    if kind == "goal" and {"start", "due"} & fields.keys():
        check_days({**now, **fields})
    _check_on(kind, fields, today)
    _check_references(state, kind, fields, today)
    return [*first, *revised(state, kind, entity, fields, reason)]


def take_back(state: State, kind: str, entity: str, reason: str | None = None) -> list[Draft]:
    """Takes an entity back, as written by mistake; once it is taken back, nothing more.

    Raises:
        NotFound: there is no such entity.
    """
    require(state, kind, entity)
    if not state.is_visible(kind, entity):
        return []
    return [Draft(f"{kind}.retracted", {"id": entity, **given({"reason": reason})})]


_PAST = ("on", "occurrence")
REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("goal", "measure"): ("measure",),
    ("milestone", "goal"): ("goal",),
    ("measure", "goal"): ("goal",),
    ("practice", "goal"): ("goal",),
    ("checkin", "subject"): ("goal", "milestone", "practice"),
    ("checkin", "measure"): ("measure",),
    ("topic", "session"): ("session",),
    ("reflection", "session"): ("session",),
    ("reflection", "goal"): ("goal",),
}
"""(kind, field) → the kinds of entity that it may name."""


def _check_on(kind: str, fields: Fields, today: str) -> None:
    """Something was about a day that has been; tomorrow will do, as it may be that already where the script runs.

    Raises:
        InvalidInput: it is yet to come.
    """
    latest = (date.fromisoformat(today) + timedelta(1)).isoformat()
    for name in _PAST:
        day = fields.get(name)
        if isinstance(day, str) and is_day(day) and day > latest:
            raise InvalidInput(f"`{name}` is yet to come: {day}. Give the day that this {kind} is about.")


def _check_references(state: State, kind: str, fields: Fields, today: str) -> None:
    """A script names what is there, or is proposed; a device may know better than this log, and so only it may name anything.

    Raises:
        NotFound: names the field.
    """
    for name, value in fields.items():
        kinds = REFERENCES.get((kind, name))
        if kinds is None or not isinstance(value, str):
            continue
        known = any(value in state.entities.get(one, {}) for one in kinds)
        known = known or any(is_proposed(state, one, value) for one in kinds)
        if not known and not (kinds == ("session",) and session_by_id(state, value, date.fromisoformat(today))):
            raise NotFound(f"`{name}`: there is no {' or '.join(kinds)} {value} in this journal.")


def _refuse_ours(fields: Fields, ours: frozenset[str]) -> None:
    if found := sorted(ours & fields.keys()):
        raise InvalidInput(f"`{found[0]}` can't be given here.")
