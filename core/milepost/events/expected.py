"""What a field may hold, said to a person, read off the class of the payload; knows no event."""

import re
import types
import typing
from typing import Any, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType

from milepost.events.forms import FORMS

_PLACE = re.compile(r"(.*) - at `\$\.?([^`]*)`", re.DOTALL)
_FIELD = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")


def in_words(cls: type[Struct], error: Exception) -> str:
    """A decoder's complaint about a payload, as a sentence without its stop: "`importance` must be a whole number …"."""
    found = _PLACE.fullmatch(str(error))
    what, place = (found[1], found[2]) if found else (str(error), "")
    if field := _FIELD.fullmatch(what):
        path = f"{place}.{field[2]}" if place else field[2]
        return f"`{path}` is missing" if field[1].startswith("missing") else f"`{path}` is no field of this"
    name = re.split(r"[.\[]", place)[0]
    types_of = {f.encode_name: f.type for f in msgspec.structs.fields(cls)}
    said = _said(types_of[name]) if place == name and name in types_of else ""
    if said:
        return f"`{name}` must be {said}"
    return f"`{place}`: {what[:1].lower()}{what[1:]}" if place else what


def _said(hint: Any) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hasattr(hint, "__metadata__"):
        return _bounded(hint.__origin__, [meta for meta in hint.__metadata__ if isinstance(meta, Meta)])
    if origin in {typing.Union, types.UnionType}:
        parts = [_said(one) for one in arguments if one not in {type(None), UnsetType}]
        if float in arguments:  # a bounded integer beside it says no more
            parts = ["a number", *(part for part in parts if "number" not in part)]
        return " or ".join(dict.fromkeys(filter(None, parts)))
    if origin is Literal:
        return "one of " + ", ".join(map(str, arguments))
    return {bool: "true or false", float: "a number", int: "a whole number", str: "words"}.get(hint, "")


def _bounded(kind: Any, metas: list[Meta]) -> str:
    for meta in metas:
        if meta.extra:
            return FORMS[meta.extra["form"]][1]
        if kind is str and meta.max_length is not None:
            return f"words of 1 to {meta.max_length:,} letters"
        if kind is int and meta.le is not None:
            return f"a whole number from {meta.ge} to {meta.le}"
    return _said(kind)
