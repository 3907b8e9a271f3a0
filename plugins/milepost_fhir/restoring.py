"""What Milepost wrote to a FHIR file, back as entries for an empty journal; those first that others name.

Put back are goals, measures, milestones, practices, sessions that somebody touched, check-ins and scores (with the answers
where they are in the file), in the fields that docs/fhir.md lists.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from milepost.plugin_api import InvalidInput, Kind, NewEntry
from milepost_fhir.bundles import Found, Links
from milepost_fhir.codes import (
    ATTAINMENT,
    GOAL_STATUS_OF,
    INSTRUMENTS,
    LEVEL_OF,
    LOOKS_LIKE,
    MEASURES,
    NOT_HELD,
    OWN,
    PERTAINS_TO_GOAL,
    PRACTICE_STATUS,
    REASONS,
    SESSION_STATUS,
    TASK_STATUS,
    TERMS,
    ZONE,
)
from milepost_fhir.incoming import Appointment, Goal, Observation, QuestionnaireResponse, ServiceRequest, Target, Task
from milepost_fhir.measured import plain_value
from milepost_fhir.taking import given, goal_fields, is_reason, is_score, local_time, whole_day

LEVEL_FIELDS = {-2: "level_minus_2", -1: "level_minus_1", 0: "level_0", 1: "level_plus_1", 2: "level_plus_2"}
_TASKS = {outside: here for here, outside in TASK_STATUS.items()}
_PRACTICES = {outside: here for here, outside in PRACTICE_STATUS.items()}
_SESSIONS = {outside: here for here, outside in SESSION_STATUS.items() if here != NOT_HELD}


def everything(found: Sequence[Found]) -> Iterator[NewEntry]:
    """All that is put back.

    Raises:
        InvalidInput: there is nothing that Milepost wrote.
    """
    links = Links(list(found))
    of = _by_type(found)
    observations = [one for one in of["Observation"] if not is_reason(one.read)]
    entries = [
        *(_goal(one, links) for one in of["Goal"]),
        *(entry for one in of["Goal"] for entry in _measures(one)),
        *(entry for one in of["Goal"] if (entry := _in_use(one))),
        *(_milestone(one, links) for one in of["Task"]),
        *(_practice(one, links) for one in of["ServiceRequest"]),
        *(_session(one) for one in of["Appointment"] if one.read.value_of(f"{OWN}untouched") is not True),
        *(_checkin(one, links) for one in observations if not is_score(one.read)),
        *(entry for one in observations if is_score(one.read) and (entry := _assessment(one, links))),
    ]
    if not entries:
        raise InvalidInput("There is nothing in the file that Milepost wrote: no goal, no check-in, no score.")
    yield from entries


def _by_type(found: Sequence[Found]) -> dict[str, list[Found]]:
    types = ("Goal", "Task", "ServiceRequest", "Appointment", "Observation")
    return {type_: [one for one in found if one.type == type_] for type_ in types}


def _entry(kind: Kind, name: str, /, **fields: Any) -> NewEntry:
    return NewEntry(kind=kind, external_id=name, fields=given(**fields))


def _goal(found: Found, links: Links) -> NewEntry:
    goal: Goal = found.read
    achieved = goal.achievement_status.code_in(f"{TERMS}/goal-achievement") == "achieved"
    status = "achieved" if achieved else GOAL_STATUS_OF.get(goal.lifecycle_status)
    on = whole_day(goal.status_date)
    notes = {one.value_of(f"{OWN}note"): one.text for one in goal.note}
    return _entry(
        "goal",
        found.name,
        **goal_fields(goal, links),
        kind=goal.value_of(f"{OWN}kind"),
        helps=notes.get("helps"),
        status=status if on or status != "active" else None,
        on=on,
        reflection=notes.get("reflection"),
    )


def _own_measure(target: Target) -> str:
    code = target.measure.code_in(MEASURES)
    return code if code != LOOKS_LIKE else ""


def _measures(found: Found) -> Iterator[NewEntry]:
    """The measures of a goal."""
    goal: Goal = found.read
    in_use = goal.value_of(f"{OWN}measure")
    for target in goal.target:
        if not (code := _own_measure(target)):
            continue
        parts = {
            part.url: part.value() for one in target.extension if one.url == f"{OWN}measure" for part in one.extension
        }
        levels = {field: parts.get(f"level{level:+d}") for level, field in LEVEL_FIELDS.items()}
        if code == in_use:
            levels = {**levels, **_attainment(goal)}
        names = ("type", "better", "low", "high", "target", "weight", "unit")
        own = {name: parts.get(name) for name in names}
        yield _entry("measure", code, goal=found.name, question=target.measure.text, **given(**own), **given(**levels))


def _in_use(found: Found) -> NewEntry | None:
    """Which measure a goal uses: as in the journal, that may be another goal's, or one that is not there any more."""
    code = found.read.value_of(f"{OWN}measure")
    return _entry("goal", found.name, measure=code) if code else None


def _attainment(goal: Goal) -> dict[str, Any]:
    """The five levels as the Person-Centered Outcomes guide has them."""
    found = {}
    for one in goal.extension:
        parts = {part.url: part.value() for part in one.extension}
        if one.url == ATTAINMENT and "level" in parts and (level := LEVEL_OF.get(parts["level"].code)) is not None:
            found[LEVEL_FIELDS[level]] = parts.get("progressText")
    return found


def _milestone(found: Found, links: Links) -> NewEntry:
    task: Task = found.read
    goal, until = links.get(task.focus), task.restriction.period if task.restriction else None
    zone = until.about_end.value_of(ZONE) if until else None
    at = local_time(until.end) if until else None
    due = {"at": at, "time_zone": zone} if at and zone else whole_day(until.end) if until else None
    return _entry(
        "milestone",
        found.name,
        goal=goal.name if goal else None,
        title=task.description,
        due=due,
        progress=task.value_of(f"{OWN}progress"),
        **_stands(_TASKS.get(task.status), task.value_of(f"{OWN}since"), "planned"),
    )


def _stands(status: str | None, on: str | None, first: str) -> dict[str, Any]:
    """A status and its day; nothing where it is what it began with."""
    return given(status=status, on=on) if on or status != first else {}


def _practice(found: Found, links: Links) -> NewEntry:
    request: ServiceRequest = found.read
    repeat = request.occurrence_timing.repeat
    goal = links.get(request.value_of(PERTAINS_TO_GOAL))
    return _entry(
        "practice",
        found.name,
        title=request.code.text,
        recurrence=request.value_of(f"{OWN}recurrence") or "FREQ=DAILY",
        start=whole_day(repeat.bounds_period.start),
        goal=goal.name if goal else None,
        minutes=repeat.duration,
        **_stands(_PRACTICES.get(request.status), request.value_of(f"{OWN}since"), "active"),
    )


def _session(found: Found) -> NewEntry:
    one: Appointment = found.read
    status = NOT_HELD if one.why.code_in(REASONS) == NOT_HELD else _SESSIONS.get(one.status)
    return _entry(
        "session",
        found.name,
        start={"at": local_time(one.start), "time_zone": one.about_start.value_of(ZONE) or "UTC"},
        minutes=one.minutes,
        place=next((who.actor.display for who in one.participant if who.actor.type == "Location"), None),
        **_stands(status, one.value_of(f"{OWN}since"), "planned"),
    )


def _checkin(found: Found, links: Links) -> NewEntry:
    seen: Observation = found.read
    about = next((one for one in map(links.get, seen.focus) if one is not None), None)
    return _entry(
        "checkin",
        found.name,
        subject=about.name if about else None,
        on=whole_day(seen.effective_date_time),
        at=local_time(seen.effective_date_time),
        measure=seen.code.code_in(MEASURES),
        value=plain_value(seen),
        baseline=seen.value_of(f"{OWN}baseline"),
        occurrence=seen.value_of(f"{OWN}occurrence"),
        note="\n".join(one.text for one in seen.note),
    )


def _assessment(found: Found, links: Links) -> NewEntry | None:
    """A score, with its answers where they are in the file. None for one of a questionnaire that Milepost does not name."""
    seen: Observation = found.read
    own = next((one for one in seen.code.coding if one.system.startswith(INSTRUMENTS)), None)
    if own is None:
        return None
    source = next((one.read for one in map(links.get, seen.derived_from) if one is not None), None)
    subscores = {one.code.text: one.value_quantity.value for one in seen.component}
    return _entry(
        "assessment",
        found.name,
        instrument=unquote(own.code),
        version=own.version or "?",
        on=whole_day(seen.effective_date_time),
        answers=_answers(source) or [None],
        score=seen.value_quantity.value,
        subscores=subscores or None,
    )


def _answers(form: object) -> list[int | None]:
    if not isinstance(form, QuestionnaireResponse):
        return []
    return [one.answer[0].value_integer if one.answer else None for one in form.item]
