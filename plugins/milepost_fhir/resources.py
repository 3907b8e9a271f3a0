"""A thing of a journal as the FHIR R4 resources that it becomes: the one door to the mapping, for a file and for a server.

How to call it:

* `around = around_of(view, today=…)` once for a journal as it was granted; a connector that has no view makes an `Around`
  of what it knows. What is missing there is left out of resources.
* `naming = Naming(salt=…)`: within a Bundle references are `urn:uuid:…`. `Naming(salt=connection, refer=…)` writes them as
  a server takes them; `refer` gives None for what is not there yet, and then it is not named. `naming.place(kind, id)` is
  `Type?identifier=system|value`, for a conditional reference, a conditional PUT, or a search.
* `resources_of(thing, around, naming)` gives the resources of one thing, those first that others name. Each has
  `identifier`: `place_of(resource)` is where it is PUT, `full_url(resource)` what it is called within a Bundle.
* `places_of(kind, id, naming)` are the places of all that a thing may have become: where to look once it is withdrawn or
  taken back (`retracted` gives what to PUT there instead, as a record is not to be deleted).
* `whole(view, around, naming, scopes)` gives everything, with what a journal has one of: `patient`, `consent` and
  `care_plan` make those for a connector (`appointment_ids` says which sessions the plan names).

A measure has no resource of its own: it is part of its goal, and gives the goal's again. A thing of another kind (a topic,
a reflection) gives none. What is `WITHHELD` is left out everywhere, or stands as `masked`.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from milepost.plugin_api import (
    Assessment,
    Checkin,
    Goal,
    JournalView,
    Kind,
    Measure,
    Milestone,
    Practice,
    Scope,
    Series,
    Session,
    View,
)
from milepost_fhir.around import Around, around_of
from milepost_fhir.elements import Part
from milepost_fhir.goals import goal_resources
from milepost_fhir.journal import care_plan, consent, patient
from milepost_fhir.naming import ONE, Naming, full_url, place_of
from milepost_fhir.observations import assessment_resources, checkin_resources
from milepost_fhir.retracted import retracted
from milepost_fhir.steps import (
    appointment_ids,
    milestone_resources,
    practice_resources,
    series_resources,
    session_resources,
)

KINDS: tuple[Kind, ...] = ("goal", "measure", "milestone", "practice", "series", "session", "checkin", "assessment")
"""The kinds of things that become something, parents before what names them."""
PLACES: dict[Kind, tuple[str, ...]] = {
    "goal": ("goal", "why"),
    "milestone": ("milestone",),
    "practice": ("practice",),
    "session": ("session",),
    "checkin": ("checkin",),
    "assessment": ("assessment", "answers"),
}
"""Kind of thing → the kinds under which its resources are named. Appointments of a series are named by `occurrence_id`."""


def _of_measure(measure: Measure, around: Around, naming: Naming) -> list[Part]:
    goal = around.goals.get(measure.goal)
    return goal_resources(goal, around, naming) if goal is not None else []


_MAKERS: dict[type[View], Callable[[Any, Around, Naming], list[Part]]] = {
    Goal: goal_resources,
    Measure: _of_measure,
    Milestone: lambda step, _, naming: milestone_resources(step, naming),
    Practice: lambda practice, _, naming: practice_resources(practice, naming),
    Series: series_resources,
    Session: lambda session, _, naming: session_resources(session, naming),
    Checkin: checkin_resources,
    Assessment: lambda form, _, naming: assessment_resources(form, naming),
}


def resources_of(thing: View, around: Around, naming: Naming) -> list[Part]:
    """The resources that one thing becomes, those first that others name; none for a thing that becomes none."""
    made = _MAKERS.get(type(thing))
    return made(thing, around, naming) if made is not None else []


def places_of(kind: Kind, id_: str, naming: Naming) -> list[str]:
    """Where all may be that a thing has become, as conditional places: what names others comes first."""
    return [naming.place(named, id_) for named in PLACES.get(kind, ())]


def whole(view: JournalView, around: Around, naming: Naming, scopes: Iterable[Scope]) -> Iterator[Part]:
    """All that a journal becomes, those first that others name but for the check-ins that a goal names."""
    yield from patient(naming)
    yield consent(scopes, naming)
    lists: tuple[Iterable[View], ...] = (
        view.goals, view.milestones, view.practices, view.sessions, view.series, view.checkins, view.assessments
    )  # fmt: skip
    for things in lists:
        for thing in things:
            yield from resources_of(thing, around, naming)
    sessions: tuple[Session | Series, ...] = (*view.sessions, *view.series)
    planned = (appointment_ids(of, around) for of in sessions)
    yield care_plan(view, naming, chain.from_iterable(planned))


__all__ = [
    "KINDS",
    "ONE",
    "PLACES",
    "Around",
    "Naming",
    "appointment_ids",
    "around_of",
    "care_plan",
    "consent",
    "full_url",
    "patient",
    "place_of",
    "places_of",
    "resources_of",
    "retracted",
    "whole",
]
