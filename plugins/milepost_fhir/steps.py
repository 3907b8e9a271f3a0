"""What is done for a goal: a milestone as a Task, a practice as a ServiceRequest, a session as an Appointment.

R4 appointments know no recurrence, so of a series each session is one: those that somebody touched, and those that come
within `AHEAD_DAYS`. Where dates were not granted there are none, as an appointment without its time is nothing (app-3).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from milepost.plugin_api import Milestone, Practice, Series, Session, occurrences
from milepost_fhir.around import Around
from milepost_fhir.codes import NOT_HELD, PERTAINS_TO_GOAL, PRACTICE_STATUS, REASONS, SESSION_STATUS, TASK_STATUS
from milepost_fhir.elements import Part, coding, day, in_zone, moment, number, only, own, text
from milepost_fhir.naming import Naming

AHEAD_DAYS = 28
"""How far ahead sessions of a series become appointments that nobody has touched yet."""
_UNITS = {"DAILY": "d", "WEEKLY": "wk", "MONTHLY": "mo", "YEARLY": "a"}
_WEEKDAYS = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}


def milestone_resources(step: Milestone, naming: Naming) -> list[Part]:
    """The Task (https://hl7.org/fhir/R4/task.html)."""
    due = step.due if isinstance(step.due, str) else moment(step.due) if step.due else None
    until = only(end=due, _end=in_zone(step.due) if due and step.due and not isinstance(step.due, str) else None)
    return [
        only(
            resourceType="Task",
            extension=[*own("progress", valueInteger=number(step.progress)), *own("since", valueDate=day(step.on))],
            identifier=[naming.identifier("milestone", step.id)],
            status=TASK_STATUS.get(step.status, "accepted"),
            intent="plan",
            description=text(step.title) or "Step",
            focus=naming.reference("goal", step.goal),
            for_=naming.me,
            restriction={"period": until} if until else None,
        )
    ]


def practice_resources(practice: Practice, naming: Naming) -> list[Part]:
    """The ServiceRequest (https://hl7.org/fhir/R4/servicerequest.html)."""
    goal = naming.reference("goal", practice.goal)
    rule = practice.recurrence if isinstance(practice.recurrence, str) else None
    return [
        only(
            resourceType="ServiceRequest",
            extension=[
                *([{"url": PERTAINS_TO_GOAL, "valueReference": goal}] if goal else []),
                *own("recurrence", valueString=rule),
                *own("since", valueDate=day(practice.on)),
            ],
            identifier=[naming.identifier("practice", practice.id)],
            status=PRACTICE_STATUS.get(practice.status, "active"),
            intent="plan",
            code={"text": text(practice.title) or "Practice"},
            subject=naming.me,
            occurrenceTiming=_timing(rule, practice),
        )
    ]


def _timing(rule: str | None, practice: Practice) -> Part | None:
    """How often, as far as a Timing can say it (https://hl7.org/fhir/R4/datatypes.html#Timing); the extension
    `recurrence` has the whole of the rule.
    """
    parts = dict(part.partition("=")[::2] for part in (rule or "").split(";"))
    days = [_WEEKDAYS[name] for name in parts.get("BYDAY", "").split(",") if name in _WEEKDAYS]
    minutes, unit = number(practice.minutes), _UNITS.get(parts.get("FREQ", ""))
    start = day(practice.start)
    repeat = only(
        boundsPeriod={"start": start} if start else None,
        duration=minutes,
        durationUnit="min" if minutes is not None else None,
        frequency=1 if unit else None,
        period=int(parts.get("INTERVAL", "1")) if unit else None,
        periodUnit=unit,
        dayOfWeek=days if unit == "wk" else None,
    )
    return {"repeat": repeat} if repeat else None


def session_resources(session: Session, naming: Naming) -> list[Part]:
    """The Appointment (https://hl7.org/fhir/R4/appointment.html); none where its time was not granted."""
    return _appointment(session, session.id, naming)


def series_resources(series: Series, around: Around, naming: Naming) -> list[Part]:
    """An Appointment for each session of a series that nobody has touched and that comes soon."""
    touched = {_at(one.original) for one in around.sessions_of.get(series.id, ())}
    return [
        made
        for at in _coming(series, around.today)
        if at not in touched
        for made in _appointment(
            Session(
                id=series.id,
                start={"at": at, "time_zone": series.start["time_zone"]} if series.start else series.start,
                minutes=series.minutes,
                place=series.place,
            ),
            occurrence_id(series.id, at),
            naming,
            touched=False,
        )
    ]


def occurrence_id(series: str, at: str) -> str:
    """What a session of a series is called that nobody has touched: by the series, and its local start there."""
    return f"{series} {at}"


def appointment_ids(of: Session | Series, around: Around) -> list[str]:
    """What the appointments are called that a session or a series becomes."""
    if isinstance(of, Session):
        return [of.id] if of.start and moment(of.start) else []
    touched = {_at(one.original) for one in around.sessions_of.get(of.id, ())}
    return [occurrence_id(of.id, at) for at in _coming(of, around.today) if at not in touched]


def _at(moment_: object) -> str:
    return moment_.get("at", "") if isinstance(moment_, dict) else ""


def _coming(series: Series, today: str) -> Iterator[str]:
    """The local starts of what comes within `AHEAD_DAYS`."""
    if not series.start or not isinstance(series.recurrence, str) or not today:
        return
    begins, first = series.start["at"], date.fromisoformat(today)
    last = first + timedelta(AHEAD_DAYS)
    if isinstance(series.ended, str):
        last = min(last, date.fromisoformat(series.ended))
    start = date.fromisoformat(begins[:10])
    for found in occurrences(series.recurrence, start, max(first, start), last):
        yield f"{found.isoformat()}{begins[10:]}"


def _appointment(session: Session, called: str, naming: Naming, *, touched: bool = True) -> list[Part]:
    if not session.start:
        return []
    minutes = number(session.minutes)
    start, end = moment(session.start), moment(session.start, int(minutes or 0))
    if start is None or end is None:
        return []
    place = text(session.place)
    there = {"actor": {"type": "Location", "display": place}, "status": "accepted"} if place else None
    why = {"coding": [coding(REASONS, NOT_HELD)], "text": "It did not take place"}
    return [
        only(
            resourceType="Appointment",
            extension=[
                *own("since", valueDate=day(session.on)),
                *own("untouched", valueBoolean=None if touched else True),
            ],
            identifier=[naming.identifier("session", called)],
            status=SESSION_STATUS.get(session.status, "booked"),
            cancelationReason=why if session.status == NOT_HELD else None,
            start=start,
            _start=in_zone(session.start),
            end=end,
            minutesDuration=minutes,
            participant=[only(actor=naming.me, status="accepted"), *([there] if there else [])],
        )
    ]
