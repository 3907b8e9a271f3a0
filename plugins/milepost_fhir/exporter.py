"""A journal as a file for health records: one transaction Bundle, which a server takes as often as it is sent.

https://hl7.org/fhir/R4/http.html#transaction: each resource is a conditional PUT by its identifier, so that sending it
twice makes nothing twice; resources name each other as `urn:uuid:…`. A Provenance has no identifier and is POSTed.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from milepost.plugin_api import (
    SCOPE_OF,
    WITHHELD,
    Checkin,
    ExportContext,
    Exporter,
    InvalidInput,
    JournalView,
    Revised,
    Scope,
    View,
)
from milepost_fhir.codes import FILE
from milepost_fhir.elements import Part
from milepost_fhir.naming import Naming, within
from milepost_fhir.resources import around_of, full_url, place_of, whole
from milepost_fhir.revisions import provenances

_WORDED = ("goals", "measures", "milestones", "practices", "series", "sessions", "checkins")
_encode = msgspec.json.Encoder().encode
_PATIENT = re.compile(r"(?:https?://\S+/)?Patient/[A-Za-z0-9\-.]{1,64}")


class FhirSettings(Struct, frozen=True, kw_only=True):
    """What is in the file, beyond goals and how they go."""

    words: Annotated[
        Literal["titles", "all"],
        Meta(
            description="Of your own words, with `--plain`: titles, or all that you wrote, as notes and why goals matter."
        ),
    ] = "all"
    assessments: Annotated[
        Literal["none", "scores", "answers"],
        Meta(description="Of questionnaires: nothing, the scores, or every single answer too."),
    ] = "none"
    revisions: Annotated[bool, Meta(description="With when each thing was changed, and why where you said so.")] = True
    patient: Annotated[
        str,
        Meta(
            description="A Patient that is known where the file goes, as in Patient/123; one without a name if you "
            "don't say.",
        ),
    ] = ""

    def __post_init__(self) -> None:
        if self.patient and _PATIENT.fullmatch(self.patient) is None:
            raise ValueError("`patient` must be as in Patient/123, or the whole address of one that ends so")


class FhirExporter(Exporter[FhirSettings]):
    """A transaction Bundle; without `plain` it has dates, numbers and counts, and no words."""

    format = "fhir"
    media_type = "application/fhir+json"
    file_name = "milepost-fhir.json"
    settings = FhirSettings

    def render(self, view: JournalView, context: ExportContext[FhirSettings]) -> bytes:
        if context.settings.assessments != "none" and not context.plain:
            raise InvalidInput("Questionnaires leave with your own words alone: give `--plain` too.")
        shown = _as_chosen(view, context.settings)
        naming = _naming(shown, context)
        history = _told(context)
        around = around_of(shown, today=context.today, history=history)
        # Each is written down at once: a long journal has ten thousand of them, and none is looked at again.
        entries = [_encode(_put(one)) for one in whole(shown, around, naming, _scopes(context))]
        entries += [_encode(_post(one)) for one in provenances(shown, history, naming)]
        mark = _encode({"tag": [{"system": FILE[0], "code": FILE[1]}]})
        head = b'{"resourceType":"Bundle","meta":' + mark + b',"type":"transaction","entry":['
        return head + b",".join(entries) + b"]}"


def _naming(view: JournalView, context: ExportContext[FhirSettings]) -> Naming:
    """What is not shown is not in the Bundle, and so nothing may name it."""
    lists: tuple[tuple[str, Sequence[View]], ...] = (
        ("goal", view.goals), ("milestone", view.milestones), ("practice", view.practices), ("checkin", view.checkins)
    )  # fmt: skip
    shown = {kind: {one.id for one in things} for kind, things in lists}
    plain = Naming(salt=context.salt, patient=context.settings.patient)

    def refer(kind: str, id_: str) -> str | None:
        return within(plain.urn(kind, id_)) if kind not in shown or id_ in shown[kind] else None

    return replace(plain, refer=refer)


def _as_chosen(view: JournalView, settings: FhirSettings) -> JournalView:
    """The view without what the person did not choose for this file, whatever else was granted."""
    if settings.words == "titles":
        view = replace(view, **{name: tuple(map(_titles_only, getattr(view, name))) for name in _WORDED})
    if settings.assessments == "none":
        return replace(view, assessments=())
    if settings.assessments == "scores":
        return replace(view, assessments=tuple(replace(form, answers=WITHHELD) for form in view.assessments))
    return view


def _titles_only(thing: View) -> View:
    """Without what the person wrote, but for what things are called; a value in words was written, too."""
    fields = {name: WITHHELD for name, scope in SCOPE_OF[type(thing)].items() if scope == "free-text"}
    if isinstance(thing, Checkin) and isinstance(thing.value, str):
        fields["value"] = WITHHELD
    return replace(thing, **fields)


def _told(context: ExportContext[FhirSettings]) -> Callable[[str], Sequence[Revised]]:
    """What became of a thing, as far as it was chosen."""
    if not context.settings.revisions:
        return lambda _: ()
    if context.settings.words == "all":
        return context.history
    return lambda id_: [replace(one, reason=None) for one in context.history(id_)]


def _scopes(context: ExportContext[FhirSettings]) -> list[Scope]:
    worded: tuple[Scope, ...] = ("titles", "free-text") if context.settings.words == "all" else ("titles",)
    scopes: list[Scope] = ["dates", "numbers", *(worded if context.plain else ())]
    chosen = context.settings.assessments
    return [*scopes, *(("assessments",) if chosen != "none" else ()), *(("sensitive",) if chosen == "answers" else ())]


def _put(resource: Part) -> Part:
    return {
        "fullUrl": full_url(resource),
        "resource": resource,
        "request": {"method": "PUT", "url": place_of(resource)},
    }


def _post(resource: Part) -> Part:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
