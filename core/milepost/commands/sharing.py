"""Copying a goal into another journal, as new entities that remember nothing of the one they come from; pure."""

from collections.abc import Iterator
from typing import Any

from milepost.commands.by_kind import BEGINNINGS
from milepost.commands.goals import NewId, require
from milepost.commands.settling import DEFAULT_STATUS
from milepost.events import PAYLOADS, Draft, Fields
from milepost.journal import State
from milepost.rank import rank_between

PARTS = ("measure", "milestone", "practice")
"""What belongs to a goal and comes with it; check-ins do where history is asked for."""
_SUBJECTS = ("goal", "milestone", "practice")


def copy_goal(source: State, target: State, goal: str, new_id: NewId, *, history: bool) -> tuple[str, list[Draft]]:
    """The events that begin a goal like this one in another journal; returns its id there.

    What is copied: the goal as it stands, its measures, milestones and practices; with `history` also the check-ins about
    them, each for its day. What refers to anything else of the journal is left out.

    Raises:
        NotFound: there is no such goal.
    """
    require(source, "goal", goal)
    here = {("goal", goal): new_id()}
    for kind in PARTS:
        here |= {(kind, one): new_id() for one in source.visible(kind) if source.fields(kind, one).get("goal") == goal}
    drafts = [draft for kind, one in here for draft in _copied(source, kind, one, here)]
    # A goal names its measure, which begins after it; so that is said last.
    measure = str(source.fields("goal", goal).get("measure") or "")
    if ("measure", measure) in here:
        drafts.append(Draft("goal.revised", {"id": here["goal", goal], "measure": here["measure", measure]}))
    drafts[0].fields["rank"] = rank_between(_last_rank(target), "")
    if history:
        drafts += _checkins(source, here, new_id)
    return here["goal", goal], drafts


def _last_rank(state: State) -> str:
    return max((state.fields("goal", one).get("rank") or "" for one in state.visible("goal")), default="")


def _copied(source: State, kind: str, entity: str, here: dict[tuple[str, str], str]) -> Iterator[Draft]:
    fields = source.fields(kind, entity)
    begins = BEGINNINGS[kind]
    taken = _of_type(begins, fields, here) | {"id": here[kind, entity]}
    if kind == "goal":
        taken.pop("measure", None)
    else:
        taken["goal"] = here["goal", fields["goal"]]
    yield Draft(begins, taken)
    status, on = fields.get("status"), fields.get("on")
    if kind in DEFAULT_STATUS and status and status != DEFAULT_STATUS[kind] and on:
        yield Draft(f"{kind}.status_changed", {"id": here[kind, entity], "status": status, "on": on})
    progress = fields.get("progress")
    if kind == "milestone" and progress is not None and "progress" not in taken:
        yield Draft("milestone.revised", {"id": here[kind, entity], "progress": progress})


def _of_type(type_name: str, fields: Fields, here: dict[tuple[str, str], str]) -> Fields:
    """The fields that an event type has, without those that name entities which stay behind."""
    known = {kind_id: new for (_, kind_id), new in here.items()}
    left_out = {"id", "owner", "goal", "session", "subject", "measure", "source", "external_id", "sitting"}
    names = set(PAYLOADS[type_name].__struct_fields__) - left_out
    taken: dict[str, Any] = {name: fields[name] for name in names if fields.get(name) is not None}
    if fields.get("measure") in known:
        taken["measure"] = known[fields["measure"]]
    return taken


def _checkins(source: State, here: dict[tuple[str, str], str], new_id: NewId) -> Iterator[Draft]:
    subjects = {entity: new for (kind, entity), new in here.items() if kind in _SUBJECTS}
    measures = {entity: new for (kind, entity), new in here.items() if kind == "measure"}
    found = [(one, source.fields("checkin", one)) for one in source.visible("checkin")]
    for _, fields in sorted(found, key=lambda item: (item[1].get("on") or "", item[0])):
        if fields.get("subject") in subjects:
            taken = _of_type("checkin.recorded", fields, here) | {
                "id": new_id(),
                "subject": subjects[fields["subject"]],
            }
            if fields.get("measure") is not None and fields["measure"] not in measures:
                taken.pop("value", None)  # it answers a question that stays behind
            yield Draft("checkin.recorded", taken)
