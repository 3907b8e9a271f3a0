"""A goal as a Goal (https://hl7.org/fhir/R4/goal.html), its measures as targets of that, and why it matters as an Observation.

Filled wherever they are known and granted: what US Core wants of a goal (lifecycleStatus, description, subject, startDate,
target.dueDate), achievementStatus, and the five levels of goal attainment scaling as the Person-Centered Outcomes guide
has them. Invariant gol-1: a detail of a target has a measure beside it.
"""

from collections.abc import Sequence

from milepost.plugin_api import Checkin, Goal, Measure, direction
from milepost_fhir.around import Around
from milepost_fhir.codes import (
    AREAS,
    ATTAINMENT,
    DIRECTIONS,
    GOAL_STATUS,
    LEVELS,
    LOINC,
    LOOKS_LIKE,
    MEASURES,
    OWN,
    PRIORITIES,
)
from milepost_fhir.elements import Part, coding, day, nested, number, only, own, part, quantity, term, text
from milepost_fhir.naming import Naming

MAX_OUTCOMES = 20
"""How many of the latest check-ins a goal names, beside the first: each one names the goal, so that none is lost."""
LEVEL_NAMES = tuple(LEVELS)


def goal_resources(goal: Goal, around: Around, naming: Naming) -> list[Part]:
    """The Goal, and the Observation of why it matters, if the person said so and that is granted."""
    why = _why(goal, naming)
    return [*([why] if why else []), _goal(goal, around, naming, has_why=why is not None)]


def _goal(goal: Goal, around: Around, naming: Naming, *, has_why: bool) -> Part:
    measures = _in_order(goal, around.measures_of.get(goal.id, ()))
    said = around.checkins_about.get(goal.id, ())
    achieved = _achievement(goal, measures[0] if measures and measures[0].id == goal.measure else None, said)
    outcomes = [naming.reference("checkin", one.id) for one in _outcomes(said)]
    reasons = [naming.reference("why", goal.id)] if has_why else []
    return only(
        resourceType="Goal",
        extension=[
            *(one for measure in measures[:1] if measure.id == goal.measure for one in _levels(measure)),
            *own("kind", valueCode=goal.kind),
            *own("measure", valueCode=naming.uuid("measure", goal.measure) if goal.measure else None),
            *own("importance", valueInteger=number(goal.importance)),
            *own("confidence", valueInteger=number(goal.confidence)),
        ],
        identifier=[naming.identifier("goal", goal.id)],
        lifecycleStatus=GOAL_STATUS.get(goal.status, "active"),
        achievementStatus=term("goal-achievement", achieved) if achieved else None,
        category=[only(coding=[coding(AREAS, "area")], text=text(goal.area))] if text(goal.area) else None,
        priority=_priority(goal),
        description={"text": text(goal.title) or "Goal"},
        subject=naming.me,
        startDate=day(goal.start),
        target=_targets(goal, measures, naming),
        statusDate=day(goal.on),
        statusReason=_status_reason(goal, around),
        expressedBy=naming.me,
        addresses=[one for one in reasons if one],
        note=[
            *_note("helps", text(goal.helps)),
            *_note("reflection", text(goal.reflection)),
        ],
        outcomeReference=[one for one in outcomes if one],
    )


def _why(goal: Goal, naming: Naming) -> Part | None:
    said = text(goal.why)
    if said is None:
        return None
    return only(
        resourceType="Observation",
        identifier=[naming.identifier("why", goal.id)],
        status="final",
        category=[term("observation-category", "survey", "Survey")],
        code={"coding": [coding(f"{OWN}observation", "why")], "text": "Why it matters"},
        subject=naming.me,
        valueString=said,
    )


def _in_order(goal: Goal, measures: Sequence[Measure]) -> list[Measure]:
    """The one in use first."""
    return sorted(measures, key=lambda one: one.id != goal.measure)


def _achievement(goal: Goal, measure: Measure | None, said: Sequence[Checkin]) -> str | None:
    """How far it is, from what is granted. Whether a goal that was let go could have been reached, nobody knows."""
    if goal.status == "achieved":
        return "achieved"
    if goal.status not in {"active", "paused"}:
        return None
    points = [
        (one.on, value)
        for one in said
        if isinstance(one.on, str) and one.measure == goal.measure and (value := number(one.value)) is not None
    ]
    found = direction(points, measure) if points else None
    if found == "steady" and measure is not None and measure.better == "keep":
        return "sustaining"
    return DIRECTIONS[found] if found else "in-progress"


def _outcomes(said: Sequence[Checkin]) -> list[Checkin]:
    return list(said) if len(said) <= MAX_OUTCOMES + 1 else [said[0], *said[-MAX_OUTCOMES:]]


def _priority(goal: Goal) -> Part | None:
    importance = number(goal.importance)
    if importance is None:
        return None
    return next(
        term("goal-priority", code, said) for least, code, said in PRIORITIES if importance >= least or not least
    )


def _status_reason(goal: Goal, around: Around) -> str | None:
    """Why its status is what it is, where the person said so."""
    turns = [one for one in around.history(goal.id) if one.field == "status"]
    return text(turns[-1].reason) if turns else None


def _note(kind: str, said: str | None) -> list[Part]:
    return [{"extension": own("note", valueCode=kind), "text": said}] if said else []


def _targets(goal: Goal, measures: Sequence[Measure], naming: Naming) -> list[Part]:
    found = [_target(one, naming, in_use=one.id == goal.measure) for one in measures]
    looks_like, due = text(goal.looks_like), day(goal.due)
    if looks_like:
        words = {"coding": [coding(MEASURES, LOOKS_LIKE)], "text": "What it looks like"}
        found.append({"measure": words, "detailString": looks_like})
    if due and found:
        found[0]["dueDate"] = due
    elif due:
        found.append({"dueDate": due})
    return found


def _target(measure: Measure, naming: Naming, *, in_use: bool) -> Part:
    """A measure: what is asked as `measure`, where it should come to (or between what it lies) as the detail."""
    target, low, high = (quantity(value, measure.unit) for value in (measure.target, measure.low, measure.high))
    levels = () if in_use and measure.type == "attainment" else _known_levels(measure)
    return only(
        extension=nested(
            "measure",
            [
                *part("type", valueCode=measure.type),
                *part("better", valueCode=measure.better),
                *part("low", valueDecimal=number(measure.low)),
                *part("high", valueDecimal=number(measure.high)),
                *part("target", valueDecimal=number(measure.target)),
                *part("weight", valueInteger=number(measure.weight)),
                *part("unit", valueString=text(measure.unit)),
                *(one for level, said in levels for one in part(f"level{level:+d}", valueString=said)),
            ],
        ),
        measure=measure_code(measure.id, measure, naming),
        detailQuantity=target,
        detailRange=_range(low, high) if target is None else None,
    )


def _range(low: Part | None, high: Part | None) -> Part | None:
    """Between what a measure lies; invariant rng-2: from the lower to the higher."""
    found = only(low=low, high=high)
    turned = low is not None and high is not None and low["value"] > high["value"]
    return found if found and not turned else None


def measure_code(id_: str, measure: Measure | None, naming: Naming) -> Part:
    """What is measured: a code of the measure's own, as the question is the person's own."""
    return only(
        coding=[coding(MEASURES, naming.uuid("measure", id_))], text=text(measure.question) if measure else None
    )


def _known_levels(measure: Measure) -> list[tuple[int, str]]:
    texts = measure.levels if isinstance(measure.levels, tuple) else ()
    return [(level, said) for level, words in zip(LEVEL_NAMES, texts, strict=False) if (said := text(words))]


def _levels(measure: Measure) -> list[Part]:
    """The five levels of goal attainment scaling, as the guide has them."""
    if measure.type != "attainment":
        return []
    return [
        {
            "url": ATTAINMENT,
            "extension": [
                {"url": "level", "valueCoding": coding(LOINC, *LEVELS[level])},
                {"url": "progressText", "valueString": said},
            ],
        }
        for level, said in _known_levels(measure)
    ]
