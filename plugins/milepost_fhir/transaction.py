"""Transactions (https://hl7.org/fhir/R4/http.html#transaction): entries into a Bundle, and what became of each; no network.

What is there already is written by its id, over the version that was seen (`If-Match`): servers that take conditional
updates pass `If-Match` over in them (HAPI does). What may not be there is written by its identifier
(`PUT Goal?identifier=system|value`), so that twice makes nothing twice.

What a resource names is written as it can be found: within the Bundle by its fullUrl, else by its id at the server, else by
its identifier alone (https://hl7.org/fhir/R4/references.html#logical), which is right wherever it is, and nowhere broken.
The fullUrl differs from the identifier (see `naming`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from milepost_fhir.links import Ref
from milepost_fhir.naming import within as within_a_bundle

_URN = "urn:uuid:"


class Write(Struct, kw_only=True):
    """A resource to be written, by its id and version where these are known; `resource` None: to be taken away."""

    ref: Ref
    resource: dict[str, Any] | None
    id: str = ""
    version: str = ""


def bundle(
    writes: Sequence[Write], system: str, place: Callable[[Ref], str], types: Mapping[str, str]
) -> dict[str, Any]:
    """A transaction; `types` has the type of each thing that is called by a value in `system`, `place` where one is."""
    within = {one.ref.value: within_a_bundle(one.ref.value) for one in writes if one.resource is not None}

    def written(value: Any) -> Any:
        if isinstance(value, list):
            return [written(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        whole = {name: written(one) for name, one in value.items()}
        reference = whole.get("reference")
        return _reference(whole, reference) if isinstance(reference, str) and reference.startswith(_URN) else whole

    def _reference(whole: dict[str, Any], value: str) -> dict[str, Any]:
        kind = types.get(value, "")
        if found := within.get(value) or (place(Ref(kind, value)) if kind else ""):
            return {**whole, "reference": found}
        named = {"identifier": {"system": system, "value": value}, **({"type": kind} if kind else {})}
        return {**{name: one for name, one in whole.items() if name != "reference"}, **named}

    entries = [_entry(one, system, written(one.resource)) for one in writes]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _entry(write: Write, system: str, resource: dict[str, Any] | None) -> dict[str, Any]:
    ref, known = write.ref, f"{write.ref.type}/{write.id}"
    if resource is None:
        return {"request": {"method": "DELETE", "url": known if write.id else place_of(ref, system)}}
    request = {"method": "PUT", "url": known if write.id else place_of(ref, system)}
    if write.id and write.version:
        request["ifMatch"] = f'W/"{write.version}"'
    body = {name: one for name, one in resource.items() if name != "id"}
    if write.id:
        body["id"] = write.id
    return {"fullUrl": within_a_bundle(ref.value), "resource": body, "request": request}


def place_of(ref: Ref, system: str) -> str:
    """What finds a resource by its identifier."""
    return f"{ref.type}?identifier={system}|{ref.value}"
