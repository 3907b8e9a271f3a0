"""A journal itself: the person as a Patient without a name, the plan that holds all together, and what may be in it.

https://hl7.org/fhir/R4/careplan.html (an activity names a ServiceRequest, a Task or an Appointment; goals stand apart) and
https://hl7.org/fhir/R4/consent.html (ppc-1: a policy or a rule must be named).
"""

from collections.abc import Iterable

from milepost.plugin_api import JournalView, Scope
from milepost_fhir.codes import GRANTED, LOINC, OWN
from milepost_fhir.elements import Part, coding, only, term, text
from milepost_fhir.naming import ONE, Naming

_SAID: dict[Scope, str] = {
    "titles": "Titles",
    "dates": "Dates",
    "numbers": "Numbers",
    "free-text": "Own words",
    "assessments": "Scores of questionnaires",
    "sensitive": "Single answers of questionnaires",
}


def patient(naming: Naming) -> list[Part]:
    """The person: an id, and nothing else. None where another Patient is named, who is never written to."""
    if naming.patient:
        return []
    return [{"resourceType": "Patient", "identifier": [naming.identifier("journal", ONE)]}]


def care_plan(view: JournalView, naming: Naming, appointments: Iterable[str] = ()) -> Part:
    """The CarePlan. `appointments` are what its sessions are called (see `appointment_ids`)."""
    goals = [naming.reference("goal", one.id) for one in view.goals]
    named = [
        *(("practice", one.id) for one in view.practices),
        *(("milestone", one.id) for one in view.milestones),
        *(("session", one) for one in appointments),
    ]
    activities = [found for kind, one in named if (found := naming.reference(kind, one))]
    return only(
        resourceType="CarePlan",
        identifier=[naming.identifier("plan", ONE)],
        status="active",
        intent="plan",
        title=text(view.title),
        subject=naming.me,
        goal=[one for one in goals if one],
        activity=[{"reference": one} for one in activities],
    )


def consent(scopes: Iterable[Scope], naming: Naming) -> Part:
    """What the person let out: a Consent with a provision for each scope.

    Who else has a part in the journal is not there: plugins are not shown that.
    """
    granted = [scope for scope in _SAID if scope in set(scopes)]
    return only(
        resourceType="Consent",
        identifier=[naming.identifier("consent", ONE)],
        status="active",
        scope=term("consentscope", "patient-privacy", "Privacy Consent"),
        category=[{"coding": [coding(LOINC, "59284-0", "Consent Document")]}],
        patient=naming.me,
        policyRule={"text": GRANTED},
        provision={
            "type": "permit",
            "code": [{"coding": [coding(f"{OWN}scope", scope, _SAID[scope])]} for scope in granted],
        }
        if granted
        else {"type": "deny"},
    )
