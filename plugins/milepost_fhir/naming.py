"""How things are called outside: ids that tell nobody whose they are, and how one resource names another; knows no mapping.

An id is UUIDv5 (RFC 9562) of the kind and id of a thing, under a salt: the same thing keeps its id from one export to the
next, and two exports under two salts can't be told to be of one journal.
"""

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from milepost_fhir.codes import URIS

_URN = "urn:uuid:"
_SPACE = uuid.UUID("d0e4b5a2-6c33-5b0e-9a57-5d0d0fb7a1c4")
MAX_REMEMBERED = 20_000
"""Names within a Bundle that are kept in mind: most things are named more often than once."""
_IN_A_BUNDLE = uuid.UUID("3f1f4b52-0b0e-5a43-8f0b-5a2f7f7f1c55")

TYPES: dict[str, str] = {
    "journal": "Patient",
    "plan": "CarePlan",
    "consent": "Consent",
    "goal": "Goal",
    "why": "Observation",
    "milestone": "Task",
    "practice": "ServiceRequest",
    "session": "Appointment",
    "checkin": "Observation",
    "answers": "QuestionnaireResponse",
    "assessment": "Observation",
}
"""What something becomes. `why` (why a goal matters) is called by its goal, `answers` by their assessment, `session` by a
session's id, or by `occurrence_id`; `journal`, `plan` and `consent` by `ONE`."""

ONE = "one"
"""What is called by the salt alone, as there is one of it: `journal`, `plan`, `consent`."""

Refer = Callable[[str, str], str | None]
"""(kind, id) → the text of a reference; None where it can't be named, as it is not there yet."""


class Naming(Struct, frozen=True, kw_only=True):
    """What things are called in one export, or at one server.

    `salt` is what makes the ids unlike all others: `ExportContext.salt`, or `Context.connection`. `patient` is a
    reference to a Patient who is there already, as in `Patient/123`; without it there is one without a name. `refer`
    writes references as the other side takes them; without it they are as within a Bundle (see `full_url`).
    """

    salt: str
    patient: str = ""
    refer: Refer | None = None
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """Ids that were worked out before: most things are named more often than once."""

    def uuid(self, kind: str, id_: str) -> str:
        """The id of something outside."""
        return self.urn(kind, id_).removeprefix(_URN)

    def urn(self, kind: str, id_: str) -> str:
        """The same as a URI: the value of its identifier."""
        found = self.made.get((kind, id_))
        if found is None:
            found = self.made[kind, id_] = f"{_URN}{uuid.uuid5(_SPACE, f'{self.salt} {kind} {id_}')}"
        return found

    def identifier(self, kind: str, id_: str) -> dict[str, str]:
        """The Identifier that its resource has, and by which a conditional PUT finds it."""
        return {"system": URIS, "value": self.urn(kind, id_)}

    def reference(self, kind: str, id_: str | None) -> dict[str, str] | None:
        """A Reference to something; None where it can't be named."""
        if not id_:
            return None
        if kind == "journal" and self.patient:
            return {"reference": self.patient}
        found = self.refer(kind, id_) if self.refer is not None else within(self.urn(kind, id_))
        return {"reference": found} if found else None

    @property
    def me(self) -> dict[str, str] | None:
        """The Reference to the person: there is one of them in an export, or at a connection."""
        return self.reference("journal", ONE)

    def place(self, kind: str, id_: str) -> str:
        """Where it is at a server, whatever id it has there: `Goal?identifier=system|value`, for a conditional PUT, a
        conditional reference, or a search.
        """
        return f"{TYPES[kind]}?identifier={URIS}|{self.urn(kind, id_)}"


def place_of(resource: dict[str, Any]) -> str:
    """The same of a resource, by the first identifier that it has."""
    said = resource["identifier"]
    first = said[0] if isinstance(said, list) else said
    return f"{resource['resourceType']}?identifier={first['system']}|{first['value']}"


def full_url(resource: dict[str, Any]) -> str:
    """What a resource is called within a Bundle, and named as there."""
    said = resource["identifier"]
    return within(str((said[0] if isinstance(said, list) else said)["value"]))


@lru_cache(maxsize=MAX_REMEMBERED)
def within(value: str) -> str:
    """What something is called within a Bundle that has this value as its identifier.

    Another URI than that: a server puts the id that it gave wherever it finds a fullUrl, and some do so in identifiers, too,
    which then find nothing any more.
    """
    return f"urn:uuid:{uuid.uuid5(_IN_A_BUNDLE, value)}"
