"""Resources of others as entries: a Goal as something to be asked about, an Observation as a check-in.

What is proposed to a person at some practice is not theirs yet, so a Goal becomes a proposal. An Observation is a fact
about a day; it comes with what was measured in words, as its number would say nothing without.
"""

import re
from typing import Any

from milepost.plugin_api import NewEntry, NotTaken
from milepost_fhir.bundles import Found, Links
from milepost_fhir.codes import AREAS, GOAL_STATUS_OF, INSTRUMENTS, LOINC, LOOKS_LIKE, MEASURES, OWN, SCORES
from milepost_fhir.incoming import Goal, Observation
from milepost_fhir.measured import absent, parts_of, unit_beside, value_of

GONE = frozenset({"entered-in-error", "rejected", "cancelled", "unknown", "registered"})
"""Statuses of what does not count, or not yet."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}))?")
_SCORED = {code for code, _ in SCORES.values()}


def given(**fields: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def whole_day(text: str) -> str | None:
    """A date, if it has a day: FHIR's may be a year or a month."""
    found = _DAY.match(text)
    return found[1] if found else None


def local_time(text: str) -> str | None:
    """The local time that stands in a date-time, to the second."""
    found = _DAY.match(text)
    return f"{found[1]}T{found[2]}" if found and found[2] else None


def goal_fields(goal: Goal, links: Links) -> dict[str, Any]:
    """The fields of a goal that both sides know; `status` and `on` apart."""
    extra = {name: goal.value_of(f"{OWN}{name}") for name in ("importance", "confidence")}
    return given(
        title=goal.description.said(),
        why=next((said for one in goal.addresses if (said := _why(links.get(one)))), None),
        looks_like=_looks_like(goal),
        area=next((one.text for one in goal.category if one.code_in(AREAS)), None) or _area(goal),
        start=whole_day(goal.start_date),
        due=next((day for one in goal.target if (day := whole_day(one.due_date))), None),
        **extra,
    )


def _area(goal: Goal) -> str | None:
    return next((said[:100] for one in goal.category if (said := one.said())), None)


def _looks_like(goal: Goal) -> str | None:
    ours = [one.detail_string for one in goal.target if one.measure.code_in(MEASURES) == LOOKS_LIKE]
    return next((said for said in [*ours, *(one.detail_string for one in goal.target)] if said), None)


def _why(found: Found | None) -> str:
    """Why a goal matters, where what it addresses is just that."""
    is_why = found is not None and isinstance(found.read, Observation) and is_reason(found.read)
    return found.read.value_string if found is not None and is_why else ""


def is_reason(observation: Observation) -> bool:
    """Whether an Observation says why a goal matters, and is part of that goal."""
    return observation.code.code_in(f"{OWN}observation") == "why"


def is_score(observation: Observation) -> bool:
    """Whether it is the score of a questionnaire."""
    codes = observation.code.coding
    return any(one.system.startswith(INSTRUMENTS) or (one.system == LOINC and one.code in _SCORED) for one in codes)


def asked(found: Found, links: Links) -> NewEntry | NotTaken:
    """A Goal as a proposal."""
    goal: Goal = found.read
    fields = goal_fields(goal, links)
    fields = given(**{**fields, "title": " ".join(fields.get("title", "").split())})
    if goal.lifecycle_status in GONE - {"cancelled"}:
        return NotTaken(
            name=f"Goal {found.name}", reason=f"It does not count where it is from: {goal.lifecycle_status}."
        )
    if "title" not in fields:
        return NotTaken(name=f"Goal {found.name}", reason="It has no description in words.")
    status, on = GOAL_STATUS_OF.get(goal.lifecycle_status), whole_day(goal.status_date)
    if goal.achievement_status.code_in("http://terminology.hl7.org/CodeSystem/goal-achievement") == "achieved":
        status = "achieved"
    stands = {"status": status, "on": on} if status not in {None, "active"} and on else {}
    return NewEntry(kind="goal", external_id=found.name, fields={**fields, **stands}, asks=True)


def noted(found: Found, links: Links) -> NewEntry | NotTaken | None:
    """An Observation as a check-in; None for what is part of something else."""
    seen: Observation = found.read
    name = f"Observation {found.name}"
    if is_reason(seen):
        return None
    if is_score(seen):
        return NotTaken(name=name, reason="Scores of questionnaires are kept by `milepost assess` alone.")
    if seen.status in GONE:
        return NotTaken(name=name, reason=f"It does not count where it is from: {seen.status}.")
    when = next((one for one in _times(seen) if whole_day(one)), "")
    if not when:
        return NotTaken(name=name, reason="It does not say of which day it is.")
    about = next((one for one in map(links.get, seen.focus) if one is not None and one.type == "Goal"), None)
    value, words = value_of(seen), [*parts_of(seen), *(one.text for one in seen.note if one.text)]
    if value is None and not words:
        why = absent(seen)
        return NotTaken(name=name, reason=f"It has no value{f' ({why})' if why else ''} and says nothing else.")
    note = "\n".join(said for said in (_what(seen), *words) if said)
    fields = given(
        on=whole_day(when), at=local_time(when), value=value, note=note, subject=about.name if about else None
    )
    return NewEntry(kind="checkin", external_id=found.name, fields=fields)


def _times(seen: Observation) -> tuple[str, ...]:
    of_timing = seen.effective_timing.event[:1]
    return seen.effective_date_time, seen.effective_instant, seen.effective_period.start, *of_timing, seen.issued


def _what(seen: Observation) -> str:
    """What was measured, as nothing else says it here."""
    if seen.code.code_in(f"{OWN}observation") == "check-in":
        return ""
    unit = unit_beside(seen)
    return f"{seen.code.said()}{f' ({unit})' if unit else ''}".strip()
