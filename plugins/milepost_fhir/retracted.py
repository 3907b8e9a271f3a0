"""What stands in the place of a thing that was taken back or may not be seen any more: its id, that it counts no more, and
not one word. A health record is not made to be deleted from, so R4 has a status for it.
"""

from typing import Any

from milepost_fhir.codes import OWN
from milepost_fhir.elements import Part, coding, only
from milepost_fhir.journal import consent
from milepost_fhir.naming import TYPES, Naming

_ERROR = "entered-in-error"


def retracted(kind: str, id_: str, naming: Naming) -> Part:
    """The resource to PUT in the place of one that was named so (see `PLACES`); the least that is valid of its type."""
    type_ = TYPES[kind]
    identifier: Any = naming.identifier(kind, id_)
    # An Appointment without its time can't be in error: one that is proposed or cancelled alone may be so (app-3).
    status = "cancelled" if type_ == "Appointment" else _ERROR
    stands = {"lifecycleStatus": status} if type_ == "Goal" else {"status": status}
    return only(
        resourceType=type_,
        identifier=identifier if type_ == "QuestionnaireResponse" else [identifier],
        **stands,
        **_least(type_, naming),
    )


def _least(type_: str, naming: Naming) -> Part:
    """What its type must have beside an identifier and a status."""
    me, words = naming.me, "Taken back"
    granted = consent((), naming)
    least = {
        "Goal": only(description={"text": words}, subject=me),
        "Observation": only(code={"coding": [coding(f"{OWN}observation", "taken-back")], "text": words}, subject=me),
        "Task": only(intent="plan", for_=me),
        "ServiceRequest": only(intent="plan", subject=me),
        "CarePlan": only(intent="plan", subject=me),
        "Appointment": only(participant=[only(actor=me, status="declined")]),
        "Consent": {name: granted[name] for name in ("scope", "category", "policyRule")},
    }
    return least.get(type_, only(subject=me))
