"""What was noted: a check-in as an Observation, a filled-in questionnaire as a QuestionnaireResponse and its score.

https://hl7.org/fhir/R4/observation.html and https://hl7.org/fhir/R4/questionnaireresponse.html. Answers are there only
where `sensitive` was granted; without it a score stands alone.
"""

from urllib.parse import quote

from milepost.plugin_api import Assessment, Checkin, Withheld
from milepost_fhir.around import Around
from milepost_fhir.codes import ATTAINED, INSTRUMENTS, LEVELS, LOINC, OWN, SCORES, UCUM
from milepost_fhir.elements import Part, absent, coding, day, local_moment, number, only, own, quantity, term, text
from milepost_fhir.goals import measure_code
from milepost_fhir.naming import Naming

_SURVEY = term("observation-category", "survey", "Survey")


def checkin_resources(checkin: Checkin, around: Around, naming: Naming) -> list[Part]:
    """The Observation; it names what it is about as its focus."""
    kind = around.kind_of(checkin.subject)
    about = naming.reference(kind, checkin.subject) if kind else None
    note = text(checkin.note)
    return [
        only(
            resourceType="Observation",
            extension=[
                *own("baseline", valueBoolean=True if checkin.baseline else None),
                *own("occurrence", valueDate=day(checkin.occurrence)),
            ],
            identifier=[naming.identifier("checkin", checkin.id)],
            status="final",
            category=[_SURVEY],
            code=_asked(checkin, around, naming),
            subject=naming.me,
            focus=[about] if about else None,
            effectiveDateTime=_when(checkin, around.time_zone),
            performer=[naming.me] if naming.me else None,
            **_value(checkin, around),
            note=[{"text": note}] if note else None,
        )
    ]


def _asked(checkin: Checkin, around: Around, naming: Naming) -> Part:
    if checkin.measure is None:
        return {"coding": [coding(f"{OWN}observation", "check-in")], "text": "Check-in"}
    measure = around.measures.get(checkin.measure)
    asked = measure_code(checkin.measure, measure, naming)
    if measure is not None and measure.type == "attainment":
        asked["coding"] = [coding(LOINC, *ATTAINED), *asked["coding"]]
    return asked if "text" in asked else {**asked, "text": "Check-in"}


def _when(checkin: Checkin, zone: str) -> str | None:
    """The local day; with the time of day where that was noted and is of the same day."""
    on, at = day(checkin.on), day(checkin.at)
    return (local_moment(at, zone) if on and at and at.startswith(on) else None) or on


def _value(checkin: Checkin, around: Around) -> Part:
    if isinstance(checkin.value, Withheld):
        return {"dataAbsentReason": absent("masked")}
    if isinstance(checkin.value, str):
        return only(valueString=text(checkin.value))
    value = number(checkin.value)
    if value is None:
        return {}
    measure = around.measures.get(checkin.measure or "")
    if measure is not None and measure.type == "attainment" and value in LEVELS:
        level = LEVELS[int(value)]
        return {"valueCodeableConcept": {"coding": [coding(LOINC, *level)], "text": level[1]}}
    return {"valueQuantity": quantity(value, measure.unit if measure else None)}


def assessment_resources(form: Assessment, naming: Naming) -> list[Part]:
    """The QuestionnaireResponse where answers were granted, and the Observation of the score."""
    answers = _answers(form, naming)
    source = naming.reference("answers", form.id) if answers else None
    subscores = {} if isinstance(form.subscores, Withheld) else form.subscores
    score = only(
        resourceType="Observation",
        identifier=[naming.identifier("assessment", form.id)],
        status="final",
        category=[_SURVEY],
        code=_scored(form),
        subject=naming.me,
        effectiveDateTime=day(form.on),
        **_points(form.score),
        derivedFrom=[source] if source else None,
        component=[{"code": {"text": text(name) or "?"}, **_points(one)} for name, one in sorted(subscores.items())],
    )
    return [*answers, score]


def _scored(form: Assessment) -> Part:
    """The LOINC code of the total, where there is one, and which version of which questionnaire it is."""
    known = SCORES.get(form.instrument)
    codes = [coding(LOINC, *known)] if known else []
    name = quote(form.instrument, safe="")
    own_code = only(system=f"{INSTRUMENTS}:{name}", version=text(form.version), code=name or "unnamed")
    return {"coding": [*codes, own_code], "text": f"{text(form.instrument) or 'questionnaire'} score"}


def _points(score: object) -> Part:
    value = number(score)
    if value is None:
        return {"dataAbsentReason": absent("masked" if isinstance(score, Withheld) else "unknown")}
    return {"valueQuantity": {"value": value, "unit": "points", "system": UCUM, "code": "{score}"}}


def _answers(form: Assessment, naming: Naming) -> list[Part]:
    if isinstance(form.answers, Withheld) or not form.answers:
        return []
    return [
        only(
            resourceType="QuestionnaireResponse",
            identifier=naming.identifier("answers", form.id),
            questionnaire=canonical(form.instrument, form.version),
            status="completed",
            subject=naming.me,
            authored=day(form.on),
            item=[
                only(linkId=str(place), answer=[{"valueInteger": one}] if one is not None else None)
                for place, one in enumerate(form.answers, 1)
            ],
        )
    ]


def canonical(instrument: str, version: str) -> str:
    """What a questionnaire is called that Milepost knows: its words are nobody's to hand on, so it is not in the Bundle."""
    return f"{INSTRUMENTS}:{quote(instrument, safe='')}|{quote(version, safe='')}"
