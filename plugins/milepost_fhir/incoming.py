"""What is looked at of the resources that come from elsewhere: typed, and no deeper than is written here.

Whatever else stands in a resource is passed over unread. Nesting ends with what a type names (an extension within an
extension is the deepest), so that a resource can be no deeper than this file.
"""

from typing import Any

from msgspec import Struct

Number = int | float


class Coding(Struct, frozen=True, kw_only=True):
    """A code of a system."""

    system: str = ""
    version: str = ""
    code: str = ""
    display: str = ""


class Concept(Struct, frozen=True, kw_only=True):
    """A CodeableConcept."""

    coding: tuple[Coding, ...] = ()
    text: str = ""

    def said(self) -> str:
        """It in words, as far as there are some."""
        return self.text or next((one.display for one in self.coding if one.display), "")

    def code_in(self, system: str) -> str:
        """Its code in a system; empty where it has none there."""
        return next((one.code for one in self.coding if one.system == system), "")


class Identifier(Struct, frozen=True, kw_only=True):
    """What a resource is called, in a system."""

    system: str = ""
    value: str = ""


class Reference(Struct, frozen=True, kw_only=True):
    """What names another resource."""

    reference: str = ""
    type: str = ""
    identifier: Identifier = Identifier()
    display: str = ""


class Quantity(Struct, frozen=True, kw_only=True):
    """A number, and of what."""

    value: Number | None = None
    comparator: str = ""
    unit: str = ""
    code: str = ""


class Range(Struct, frozen=True, kw_only=True):
    """Between two numbers."""

    low: Quantity = Quantity()
    high: Quantity = Quantity()


class Ratio(Struct, frozen=True, kw_only=True):
    """One number to another."""

    numerator: Quantity = Quantity()
    denominator: Quantity = Quantity()


class Period(Struct, frozen=True, kw_only=True):
    """From when to when."""

    start: str = ""
    end: str = ""


class Part(Struct, frozen=True, kw_only=True, rename="camel"):
    """An extension without others in it."""

    url: str = ""
    value_integer: int | None = None
    value_decimal: Number | None = None
    value_string: str | None = None
    value_code: str | None = None
    value_boolean: bool | None = None
    value_date: str | None = None
    value_coding: Coding | None = None
    value_reference: Reference | None = None

    def value(self) -> Any:
        """The one that it has."""
        return next((found for name in _VALUES if (found := getattr(self, name)) is not None), None)


_VALUES = tuple(name for name in Part.__struct_fields__ if name.startswith("value_"))


class Extension(Part, frozen=True, kw_only=True, rename="camel"):
    """An extension, which may be made of parts."""

    extension: tuple[Part, ...] = ()


class Extended(Struct, frozen=True, kw_only=True, rename="camel"):
    """What may have extensions."""

    extension: tuple[Extension, ...] = ()

    def value_of(self, url: str) -> Any:
        """The value of an extension; None where it has none."""
        return next((one.value() for one in self.extension if one.url == url), None)


class Annotation(Extended, frozen=True, kw_only=True):
    """A note."""

    text: str = ""


class Resource(Extended, frozen=True, kw_only=True, rename="camel"):
    """What every resource has that is looked at."""

    id: str = ""
    identifier: tuple[Identifier, ...] = ()


class Target(Extended, frozen=True, kw_only=True, rename="camel"):
    """Where a goal should come to."""

    measure: Concept = Concept()
    due_date: str = ""
    detail_string: str = ""


class Goal(Resource, frozen=True, kw_only=True, rename="camel"):
    """What somebody wants to be different (https://hl7.org/fhir/R4/goal.html)."""

    lifecycle_status: str
    description: Concept
    subject: Reference = Reference()
    achievement_status: Concept = Concept()
    category: tuple[Concept, ...] = ()
    start_date: str = ""
    target: tuple[Target, ...] = ()
    status_date: str = ""
    addresses: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class Measured(Resource, frozen=True, kw_only=True, rename="camel"):
    """What was found, in one of its forms: of an Observation, or of one of its components (which are no resources)."""

    value_quantity: Quantity = Quantity()
    value_codeable_concept: Concept = Concept()
    value_string: str = ""
    value_integer: int | None = None
    value_boolean: bool | None = None
    value_range: Range = Range()
    value_ratio: Ratio = Ratio()
    value_time: str = ""
    value_date_time: str = ""


class Component(Measured, frozen=True, kw_only=True, rename="camel"):
    """One of several values of an Observation."""

    code: Concept = Concept()


class Moments(Struct, frozen=True, kw_only=True):
    """A Timing, as far as it names moments."""

    event: tuple[str, ...] = ()


class Observation(Measured, frozen=True, kw_only=True, rename="camel"):
    """Something that was noted or measured (https://hl7.org/fhir/R4/observation.html)."""

    status: str
    code: Concept
    subject: Reference = Reference()
    focus: tuple[Reference, ...] = ()
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period = Period()
    effective_timing: Moments = Moments()
    issued: str = ""
    data_absent_reason: Concept = Concept()
    note: tuple[Annotation, ...] = ()
    derived_from: tuple[Reference, ...] = ()
    component: tuple[Component, ...] = ()


class Restriction(Struct, frozen=True, kw_only=True, rename="camel"):
    """Until when a Task is wanted, and in which zone that is meant."""

    period: "Until"


class Until(Struct, frozen=True, kw_only=True, rename={"about_end": "_end"}):
    """The end of a Period."""

    end: str = ""
    about_end: Extended = Extended()


class Task(Resource, frozen=True, kw_only=True, rename="camel"):
    """A step (https://hl7.org/fhir/R4/task.html)."""

    status: str
    description: str = ""
    focus: Reference = Reference()
    restriction: Restriction | None = None


class Repeat(Struct, frozen=True, kw_only=True, rename="camel"):
    """How often, as far as it is looked at."""

    bounds_period: Period = Period()
    duration: Number | None = None


class Timing(Struct, frozen=True, kw_only=True):
    """When something comes again."""

    repeat: Repeat = Repeat()


class ServiceRequest(Resource, frozen=True, kw_only=True, rename="camel"):
    """Something to do again and again (https://hl7.org/fhir/R4/servicerequest.html)."""

    status: str
    code: Concept = Concept()
    occurrence_timing: Timing = Timing()


class Participant(Struct, frozen=True, kw_only=True):
    """Who or what has a part in an Appointment."""

    actor: Reference = Reference()


class Appointment(
    Resource,
    frozen=True,
    kw_only=True,
    rename={"about_start": "_start", "minutes": "minutesDuration", "why": "cancelationReason"},
):
    """A session (https://hl7.org/fhir/R4/appointment.html)."""

    status: str
    start: str = ""
    about_start: Extended = Extended()
    minutes: int | None = None
    why: Concept = Concept()
    participant: tuple[Participant, ...] = ()


class Answer(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was answered, as a number."""

    value_integer: int | None = None


class Item(Struct, frozen=True, kw_only=True, rename="camel"):
    """One question that was answered, or left out."""

    link_id: str
    answer: tuple[Answer, ...] = ()


class QuestionnaireResponse(Extended, frozen=True, kw_only=True):
    """A filled-in form; it has one identifier and not several (https://hl7.org/fhir/R4/questionnaireresponse.html)."""

    id: str = ""
    identifier: Identifier = Identifier()
    item: tuple[Item, ...] = ()


class Questionnaire(Struct, frozen=True, kw_only=True):
    """A form (https://hl7.org/fhir/R4/questionnaire.html); the whole of it is read where instruments are."""

    id: str = ""
    name: str = ""


class Issue(Struct, frozen=True, kw_only=True):
    """One thing that an OperationOutcome says."""

    diagnostics: str = ""
    details: Concept = Concept()


class OperationOutcome(Struct, frozen=True, kw_only=True):
    """What a server says instead of what it was asked for (https://hl7.org/fhir/R4/operationoutcome.html)."""

    issue: tuple[Issue, ...] = ()


KNOWN: dict[str, type[Struct]] = {
    one.__name__: one
    for one in (
        Goal,
        Observation,
        Task,
        ServiceRequest,
        Appointment,
        QuestionnaireResponse,
        Questionnaire,
        OperationOutcome,
    )
}
"""The types of resources that are looked at."""
