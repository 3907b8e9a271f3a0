"""What is to stand at a server after some changes: changes into resources, by the mapping; knows no request.

A change is about one thing, and may show in others: a check-in in its goal, a session in its series, nearly everything in
the plan. So what was changed is noted first (see `known`), and then every resource that may look different is made anew.
What looks as it did is not sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from milepost.plugin_api import (
    Change,
    Changed,
    Checkin,
    Goal,
    Measure,
    Scope,
    Series,
    Session,
    View,
)
from milepost_fhir.codes import ATTAINMENT, OWN, PERTAINS_TO_GOAL, URIS
from milepost_fhir.known import Known
from milepost_fhir.links import Ref
from milepost_fhir.merging import Writes
from milepost_fhir.naming import ONE, TYPES, Naming
from milepost_fhir.reading import identifiers_of
from milepost_fhir.resources import PLACES, appointment_ids, care_plan, consent, patient, resources_of, retracted
from milepost_fhir.standing import Wanted
from milepost_fhir.steps import session_resources

_OWN = (OWN, ATTAINMENT, PERTAINS_TO_GOAL)
_APPOINTMENT = "Appointment"
_PLANNED = {"goal", "milestone", "practice", "session", "series"}
_ALWAYS = "identifier extension"
WRITES: dict[str, Writes] = {
    kind: Writes(
        elements=frozenset(f"{names} {_ALWAYS}".split()),
        extensions=_OWN,
        marked=frozenset({"note"} if kind == "Goal" else ()),
    )
    for kind, names in {
        "Patient": "",
        "Consent": "status scope category patient policyRule provision",
        "CarePlan": "status intent title subject goal activity",
        "Goal": "lifecycleStatus achievementStatus category priority description subject startDate target statusDate "
        "statusReason expressedBy addresses note outcomeReference",
        "Task": "status intent description focus for restriction",
        "ServiceRequest": "status intent code subject occurrenceTiming",
        "Appointment": "status cancelationReason start _start end minutesDuration participant",
        "Observation": "status category code subject focus effectiveDateTime performer valueString valueQuantity "
        "valueCodeableConcept dataAbsentReason note derivedFrom component",
        "QuestionnaireResponse": "questionnaire status subject authored item",
    }.items()
}
"""What the mapping writes: where nothing is known of what was written, these are ours."""


class About(Struct, frozen=True):
    """A resource that is wanted, and the changes that it is the resource of; none where they only show there."""

    wanted: Wanted
    changes: tuple[Change, ...] = ()


class Wanting:
    """The resources of one call's changes."""

    def __init__(self, known: Known, naming: Naming, scopes: Iterable[Scope], is_linked: Callable[[Ref], bool]) -> None:
        self._known, self._naming, self._scopes, self._is_linked = known, naming, scopes, is_linked
        self._dropped: list[About] = []
        self._untouched_again: set[str] = set()

    def note(self, changes: Sequence[Change]) -> None:
        """Takes in what changed."""
        for change in changes:
            if isinstance(change, Changed):
                self._known.note(change.view)
            else:
                self._untouched_again.add(self._known.series_of(change.id))
                self._known.forget(change.kind, change.id)

    def types(self, changes: Sequence[Change]) -> dict[str, str]:
        """Which type of resource each value of an identifier is of that a resource may name."""
        around = self._known.around()
        named: list[tuple[str, str]] = [("journal", ONE), ("plan", ONE), ("consent", ONE)]
        named += [(kind, one) for kind in ("goal", "why") for one in around.goals]
        named += [("milestone", one) for one in around.milestones] + [("practice", one) for one in around.practices]
        named += [("checkin", one.id) for said in around.checkins_about.values() for one in said]
        named += [("answers", change.id) for change in changes if change.kind == "assessment"]
        named += [("session", called) for called in self._known.plan()[1]]
        return {self._naming.urn(kind, one): TYPES[kind] for kind, one in named}

    # Before all else, and after it

    def person(self) -> list[About]:
        """Who all of it is about, and what they let out."""
        made = [*patient(self._naming), consent(self._scopes, self._naming)]
        return [About(Wanted(ref=ref_of(one), resource=one)) for one in made]

    def plan(self, changes: Sequence[Change], *, if_there: bool) -> list[About]:
        """What holds all of it together; maybe only if there is one. It is of every change that it shows."""
        view, appointments = self._known.plan()
        made = care_plan(view, self._naming, appointments)
        shown = tuple(one for one in changes if one.kind in _PLANNED and isinstance(one, Changed))
        return [About(Wanted(ref=ref_of(made), resource=made, if_there=if_there), shown)]

    def leaving(self) -> list[About]:
        """The same, where nothing else is left."""
        kinds = ("plan", "consent", *(() if self._naming.patient else ("journal",)))
        ended = {
            "plan": retracted("plan", ONE, self._naming),
            "consent": {**consent((), self._naming), "status": "inactive"},
        }
        return [About(Wanted(ref=self._ref(kind, ONE), resource=None, instead=ended.get(kind))) for kind in kinds]

    # Things

    def things(self, changes: Sequence[Change]) -> list[About]:
        """The resources of what was changed; goals are without what comes after them (see `goals`)."""
        found: list[About] = []
        for change in changes:
            if isinstance(change, Changed) and not isinstance(change.view, Measure):
                found += self._thing(change)
        return found

    def _thing(self, change: Changed) -> Iterator[About]:
        view, made = change.view, self._resources(change.view)
        refs = [ref_of(one) for one in made]
        # What was never sent, or of which it is known what was, is not looked for.
        fresh = change.reason == "new" or any(self._is_linked(ref) for ref in refs)
        for ref, one in zip(refs, made, strict=True):
            if isinstance(view, Goal) and ref.type == "Goal":
                if self._is_linked(ref):
                    continue
                one.pop("outcomeReference", None)
            yield About(Wanted(ref=ref, resource=one, fresh=fresh), (change,))
        if isinstance(view, Series):
            self._note_series(view)
        elif isinstance(view, Session) and view.series and (series := self._known.series(view.series)) is not None:
            for one in self._resources(series):
                yield About(Wanted(ref=ref_of(one), resource=one, fresh=fresh))
            self._note_series(series)
        for kind in PLACES.get(change.kind, ()):
            if self._ref(kind, change.id) not in refs:
                self._dropped.append(self._without(kind, change.id, change, fresh=fresh))

    def _resources(self, view: View) -> list[dict[str, Any]]:
        return resources_of(view, self._known.around(), self._naming)

    def _note_series(self, series: Series) -> None:
        """What is sent of a series now; what was and is not to be any more goes, and so does what is over."""
        now, before = appointment_ids(series, self._known.around()), self._known.sent(series.id)
        self._dropped += [self._left_out(series, called) for called in before if called not in now]
        self._known.note_sent(series.id, now)

    def _left_out(self, series: Series, called: str) -> About:
        """A session that nobody touched and that is not shown any more. What only is over was no mistake."""
        at = called.rpartition(" ")[2]
        made: list[dict[str, Any]] = []
        if series.start and at[:10] < self._known.today:
            start = {"at": at, "time_zone": series.start["time_zone"]}
            made = session_resources(Session(id=called, start=start), self._naming)
        about = self._without("session", called, None)
        return About(replace(about.wanted, instead=made[0])) if made else about

    def orphans(self, there: Sequence[Mapping[str, Any]], about: Sequence[About]) -> list[About]:
        """Sessions of a series that are there and of which nothing is known any more, but for what is wanted."""
        wanted = {one.wanted.ref.value for one in about}
        return [
            About(Wanted(ref=Ref(_APPOINTMENT, value), resource=None, instead=self._taken_back(value)))
            for one in there
            if any(extension.get("url") == f"{OWN}untouched" for extension in one.get("extension", ()))
            for value in identifiers_of(one, URIS)
            if value not in wanted
        ]

    def _taken_back(self, value: str) -> dict[str, Any]:
        return {**retracted("session", value, self._naming), "identifier": [{"system": URIS, "value": value}]}

    def goals(self, changes: Sequence[Change]) -> list[About]:
        """Goals as they are now, with all that shows in them: those that a change is about, or that one shows in."""
        around = self._known.around()
        wanted: dict[str, list[Change]] = {}
        for change in changes:
            view = change.view if isinstance(change, Changed) else None
            if isinstance(view, Goal):
                wanted.setdefault(view.id, []).append(change)
            elif isinstance(view, Measure):
                wanted.setdefault(view.goal, []).append(change)
            elif isinstance(view, Checkin):
                wanted.setdefault(view.subject or "", [])
            elif view is None and change.kind in {"checkin", "measure"}:
                wanted = {**{id_: [] for id_ in around.goals}, **wanted}
        return [
            About(Wanted(ref=ref_of(one), resource=one), tuple(of))
            for id_, of in wanted.items()
            if (goal := around.goals.get(id_)) is not None
            for one in self._resources(goal)
            if one["resourceType"] == "Goal"
        ]

    def untouched_again(self) -> list[About]:
        """Sessions of series that are as their series says, as what was said of one of them was taken back."""
        found: list[About] = []
        for id_ in sorted(self._untouched_again):
            if (series := self._known.series(id_)) is not None:
                found += [About(Wanted(ref=ref_of(one), resource=one)) for one in self._resources(series)]
                self._note_series(series)
        return found

    def gone(self, changes: Sequence[Change]) -> list[About]:
        """What is to be taken away: of things that are not there any more, and of those that look different now."""
        found: list[About] = []
        for change in changes:
            if isinstance(change, Changed):
                continue
            found += [self._without(kind, change.id, change) for kind in PLACES.get(change.kind, ())]
            if change.kind == "series":
                found += [self._without("session", one, change) for one in self._known.sent(change.id)]
                self._known.note_sent(change.id, [])
        return [*found, *self._dropped]

    def _without(self, kind: str, id_: str, change: Change | None, *, fresh: bool = False) -> About:
        instead = retracted(kind, id_, self._naming)
        changes = (change,) if change is not None else ()
        return About(Wanted(ref=self._ref(kind, id_), resource=None, instead=instead, fresh=fresh), changes)

    def _ref(self, kind: str, id_: str) -> Ref:
        return Ref(TYPES[kind], self._naming.urn(kind, id_))


def once(about: Sequence[About]) -> list[About]:
    """Each resource once: several changes may show in one."""
    found: dict[Ref, About] = {}
    for one in about:
        before = found.get(one.wanted.ref)
        found[one.wanted.ref] = About(one.wanted, (*before.changes, *one.changes)) if before is not None else one
    return list(found.values())


def ref_of(resource: Mapping[str, Any]) -> Ref:
    """What a resource that we made is called."""
    said = resource["identifier"]
    return Ref(resource["resourceType"], str((said[0] if isinstance(said, list) else said)["value"]))
