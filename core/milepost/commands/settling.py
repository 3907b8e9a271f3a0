"""Writing given values into given fields: settling what was written twice at once, and putting back what was; pure."""

from typing import Any

from milepost.errors import InvalidInput, NotFound
from milepost.events import COMPOSITES, Draft, Fields
from milepost.events.registry import REVISIONS
from milepost.journal import State
from milepost.views.journal import Conflict, conflicts

DEFAULT_STATUS = {"goal": "active", "milestone": "planned", "practice": "active", "session": "planned", "topic": "open"}
"""What an entity is before anybody says otherwise."""

_OWN = {"goal": {"rank": "goal.ranked"}, "series": {"ended": "series.ended"}}
"""Fields with an event type of their own."""


def find_conflict(state: State, kind: str, entity: str, field: str) -> Conflict:
    """The open conflict in a field.

    Raises:
        NotFound: there is none.
    """
    for conflict in conflicts(state):
        if (conflict.kind, conflict.id, conflict.field) == (kind, entity, field):
            return conflict
    raise NotFound(f"Nobody wrote `{field}` of that {kind} twice at once. `milepost conflicts` shows what waits.")


def settle(state: State, kind: str, entity: str, field: str, value: Any) -> list[Draft]:
    """Settles a conflict: writes one of its values, or a third, having seen them all."""
    find_conflict(state, kind, entity, field)
    if field == "retracted":
        if value is True:
            return [retraction(kind, entity)]
        raise InvalidInput(f"Bring it back by changing it: that {kind} then stands again.")
    fields = dict(value) if field in COMPOSITES.get(kind, {}) and isinstance(value, dict) else {field: value}
    return put(state, kind, entity, fields)


def retraction(kind: str, entity: str) -> Draft:
    """What takes an entity back."""
    return Draft("reminder.removed" if kind == "reminder" else f"{kind}.retracted", {"id": entity})


def put(state: State, kind: str, entity: str, fields: Fields) -> list[Draft]:
    """The events that give fields of an entity these values; None empties one."""
    ident = {} if kind in {"journal", "plan", "rest"} else {"id": entity}
    rest, drafts = dict(fields), []
    if kind == "goal" and "reflection" in rest and "status" not in rest:
        # What somebody says in looking back comes with a status; here that stays as it is.
        now = state.fields(kind, entity)
        rest = {**{name: now.get(name) for name in ("status", "on")}, **rest}
    for name, event_type in _OWN.get(kind, {}).items():
        if name in rest:
            drafts.append(Draft(event_type, {**ident, name: rest.pop(name)}))
    if kind in DEFAULT_STATUS and "status" in rest:
        status = {"status": rest.pop("status") or DEFAULT_STATUS[kind], "on": rest.pop("on")}
        if kind == "goal" and "reflection" in rest:
            status["reflection"] = rest.pop("reflection")
        drafts.append(Draft(f"{kind}.status_changed", {**ident, **status}))
    if kind == "rest":
        resting = {"on": rest["on"], "until": rest.get("until")}
        return [Draft("rest.set", resting) if rest.get("resting") else Draft("rest.ended", {"on": rest["on"]})]
    if kind == "proposal":
        return [Draft("proposal.decided", {**ident, **rest})]
    if rest:
        revision = {"journal": "journal.revised", "plan": "plan.revised"}.get(kind) or REVISIONS.get(kind)
        if revision is None:
            raise InvalidInput(f"That {kind} can't be changed; take it back and write it anew.")
        drafts.append(Draft(revision, {**ident, **rest}))
    return drafts
