"""What stands in the place of a thing that was taken back or may not be seen any more: its id, that it counts no more, and
not one word. A health record is not made to be deleted from, so R4 has a status for it.
"""

from typing import Any

from milepost_fhir.codes import OWN
from milepost_fhir.elements import Part, coding, only
from milepost_fhir.naming import TYPES, Naming

_ERROR = "entered-in-error"


def retracted(kind: str, id_: str, naming: Naming) -> Part:
    """The resource to PUT in the place of one that was named so (see `PLACES`); the least that is valid of its type."""
    type_ = TYPES[kind]
    identifier: Any = naming.identifier(kind, id_)
    stands = {"lifecycleStatus": _ERROR} if type_ == "Goal" else {"status": _ERROR}
    return only(
        resourceType=type_,
        identifier=identifier if type_ == "QuestionnaireResponse" else [identifier],
        **stands,
        **_least(type_, naming),
    )


def _least(type_: str, naming: Naming) -> Part:
    """What its type must have beside an identifier and a status."""
    words = "Taken back"
    match type_:
        case "Goal":
            return only(description={"text": words}, subject=naming.me)
        case "Observation":
            return only(code={"coding": [coding(f"{OWN}observation", "taken-back")], "text": words}, subject=naming.me)
        case "Task":
            return only(intent="plan", for_=naming.me)
        case "ServiceRequest":
            return only(intent="plan", subject=naming.me)
        case "Appointment":
            return only(participant=[only(actor=naming.me, status="declined")])
        case _:
            return only(subject=naming.me)
