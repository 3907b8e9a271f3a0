"""What the browser's core is told of events and messages, as TypeScript that is read off the classes here.

`python -m tests.web.generated` writes it anew; a test compares. What payloads, messages and views look like
(types alone, which weigh nothing in a browser), and the table by which payloads are read and folded.
"""

import inspect
import json
import sys
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct, UnsetType

from milepost import clock, connection_messages, envelope, journal, membership, messages, receipts
from milepost.commands.settling import DEFAULT_STATUS
from milepost.events import COMPOSITES, NOT_FIELDS, PAYLOADS, Moment, registry
from milepost.events.fields import MAX_TEXT
from milepost.store import PushResult
from milepost.views import checkins, entities
from tests.docs.tables import FORMS

FOLDER = Path(__file__).parents[2] / "server" / "web" / "src" / "core" / "generated"
HEAD = "// Read off the classes in Python; `python -m tests.web.generated` writes it anew.\n"
PLAIN = {bool: "boolean", int: "number", float: "number", str: "string", Any: "Json", Raw: "string", type(None): "null"}
LEFT_OUT = {"RawAnswer"}
"""A message in the form in which only a server holds it."""
CONSTANTS = {
    "FOLD_VERSION": journal.FOLD_VERSION,
    "PROTOCOL": messages.PROTOCOL,
    "NOBODY": clock.NOBODY,
    "MAX_TEXT": MAX_TEXT,
    "MAX_COUNTER": envelope.MAX_COUNTER,
    "MAX_EVENT_BYTES": envelope.MAX_EVENT_BYTES,
    "MAX_REASON": envelope.MAX_REASON,
    "MAX_PUSH_EVENTS": messages.MAX_PUSH_EVENTS,
    "MAX_PUSH_BYTES": messages.MAX_PUSH_BYTES,
    "MAX_CHAIN_POINTS": messages.MAX_CHAIN_POINTS,
    "MAX_LINKS": receipts.MAX_LINKS,
    "STRIDE": receipts.STRIDE,
}
Shape = list[Any]


def parts(kind: Any) -> list[Any]:
    """The alternatives of a union; anything else alone."""
    return list(typing.get_args(kind)) if typing.get_origin(kind) in {typing.Union, types.UnionType} else [kind]


WIDEST_FIRST = sorted(FORMS, key=lambda name: -len(parts(FORMS[name])))
SHAPED = [name for name in WIDEST_FIRST if name != "Due"]
"""Forms that have a shape of their own: either of two others has none."""


def named(kind: Any, names: Sequence[str]) -> tuple[list[str], list[Any], bool]:
    """The forms that something may have by name, what has no name, and whether it may be null."""
    left = [part for part in parts(kind) if part is not UnsetType]
    nullable = type(None) in left
    found = []
    for name in names:
        of = parts(FORMS[name])
        if all(part in left for part in of):
            left = [part for part in left if part not in of]
            found.append(name)
    return found, [part for part in left if part is not type(None)], nullable


# Types


def ts(kind: Any, names: Sequence[str] = ()) -> str:
    """A type of Python's in TypeScript, where it may be in these names."""
    found, rest, nullable = named(kind, names)
    found += dict.fromkeys(bare(part, names) for part in rest)
    return " | ".join([*found, *(["null"] if nullable else [])])


def bare(kind: Any, names: Sequence[str] = ()) -> str:
    """The same of what has no name, and is no union."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if hasattr(kind, "__metadata__"):
        return bare(kind.__origin__, names)
    if origin is Literal:
        return " | ".join(json.dumps(one) for one in arguments)
    inner = [ts(one, names) for one in arguments if one is not Ellipsis]
    if origin is list or Ellipsis in arguments:
        return f"({inner[0]})[]" if " | " in inner[0] else f"{inner[0]}[]"
    if origin in {dict, tuple}:
        return f"Record<{', '.join(inner)}>" if origin is dict else f"[{', '.join(inner)}]"
    return kind.__name__ if isinstance(kind, type) and issubclass(kind, Struct) else PLAIN[kind]


def doc(cls: type) -> str:
    words = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
    return f"/** {words} */\n" if words else ""


def interface(cls: type[Struct], names: Sequence[str] = ()) -> str:
    fields = msgspec.structs.fields(cls)
    if cls.__struct_config__.array_like:
        rows = ", ".join(f"{f.name}{'' if f.required else '?'}: {ts(f.type, names)}" for f in fields)
        return f"{doc(cls)}export type {cls.__name__} = [{rows}];\n"
    rows = "".join(f"  {f.name}{'' if f.required else '?'}: {ts(given(cls, f), names)};\n" for f in fields)
    return f"{doc(cls)}export interface {cls.__name__} {{\n{rows}}}\n"


def given(cls: type[Struct], field: Any) -> Any:
    """The type of a field where it is there: one that is null by default is left out."""
    if field.default is None and cls.__struct_config__.omit_defaults:
        return typing.Union[tuple(part for part in parts(field.type) if part is not type(None))]  # noqa: UP007
    return field.type


JSON_TYPE = "export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };\n"


def event_types() -> str:
    """The payload of every event type, and the forms that its fields have."""
    forms = [
        interface(form, WIDEST_FIRST)
        if isinstance(form, type)
        else f"export type {name} = {ts(form, [other for other in SHAPED if other != name])};\n"
        for name, form in FORMS.items()
    ]
    payloads = [interface(cls, WIDEST_FIRST) for cls in PAYLOADS.values()]
    table = "".join(f'  "{name}": {cls.__name__};\n' for name, cls in PAYLOADS.items())
    whole = f"/** Event type → its payload, in the version that is written now. */\nexport interface Payloads {{\n{table}}}\n"
    return "\n".join([f"{HEAD}{JSON_TYPE}{''.join(forms)}", *payloads, whole])


def message_types() -> str:
    """The envelope, and every message on the wire."""
    structs = [cls for cls in structs_of(messages) if cls.__name__ not in LEFT_OUT]
    aliases = f"export type Seen = {bare(envelope.Seen)};\nexport type Scope = {bare(messages.Scope)};\n"
    first = (envelope.Event, PushResult, receipts.Link, receipts.Proof)
    head = f'{HEAD}import type {{ Json }} from "./payloads";\n\n{aliases}'
    return "\n".join([head, *(interface(cls) for cls in [*first, *structs])])


def access_types() -> str:
    """The messages about who and what has access: members, invitations, connections."""
    head = f'{HEAD}import type {{ Json }} from "./payloads";\n'
    return "\n".join([head, *map(interface, [*structs_of(membership), *structs_of(connection_messages)])])


def structs_of(module: types.ModuleType) -> list[type[Struct]]:
    """Those that are defined in a module, in their order."""
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    return [one for one in own if issubclass(one, Struct)]


VIEWS: dict[str, type[Struct]] = {
    "goal": entities.Goal,
    "milestone": entities.Milestone,
    "measure": entities.Measure,
    "practice": entities.Practice,
    "checkin": checkins.Checkin,
    "topic": entities.Topic,
    "reflection": entities.Reflection,
    "alliance": entities.Alliance,
    "rest": entities.Rest,
    "assessment": entities.Assessment,
}
"""Entity kind → how it is shown, of those that the browser's views read."""


def views() -> str:
    """How entities are shown, and what stands where nothing was written."""
    shapes = []
    for cls in VIEWS.values():
        rows = "".join(f"  {f.name}: {ts(f.type)};\n" for f in msgspec.structs.fields(cls))
        shapes.append(f"{doc(cls)}export interface {cls.__name__} {{\n{rows}}}\n")
    kinds = "".join(f"  {kind}: {cls.__name__};\n" for kind, cls in VIEWS.items())
    nothing = {
        kind: msgspec.to_builtins(cls(**({"id": ""} if "id" in cls.__struct_fields__ else {})))
        for kind, cls in VIEWS.items()
    }
    return "\n".join(
        [
            HEAD,
            *shapes,
            f"/** Entity kind → how it is shown. */\nexport interface Shown {{\n{kinds}}}\n",
            f"export const UNTITLED = {json.dumps(entities.UNTITLED)};\n",
            f"/** Shown where nothing was written. */\nexport const NOTHING: Shown = {{\n{''.join(entries(nothing))}}};\n",
        ]
    )


# The table


class Table:
    """Collects the shapes that the fields of payloads have."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}

    def field(self, name: str, kind: Any, *, required: bool) -> str:
        """`Line`, `Text?` where it may be null, `Day!` where it must be there, `Number|Line` where it is either.

        What has no form's name is called by `name`.
        """
        names, rest, nullable = named(kind, SHAPED)
        for part in rest:
            names.append("Bool" if part is bool else name)
            made = ["flag"] if part is bool else self.shape(part)
            if self.shapes.setdefault(names[-1], made) != made:
                raise TypeError(f"Two shapes would be called {name}.")
        for one in names:
            if one not in self.shapes:
                self.shapes[one] = []  # its place, so that a shape stands before those that it is made of
                self.shapes[one] = self.shape(FORMS[one])
        return "|".join(names) + ("!" if required else "") + ("?" if nullable else "")

    def shape(self, kind: Any) -> Shape:
        meta = kind.__metadata__[0] if hasattr(kind, "__metadata__") else Meta()
        plain = getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind
        if plain is str:
            return ["text", meta.min_length, meta.max_length, *([meta.extra["form"]] if meta.extra else [])]
        if plain is int:
            most = envelope.MAX_COUNTER
            return ["whole", -most if meta.ge is None else meta.ge, most if meta.le is None else meta.le]
        if float in parts(plain):
            return ["number"]
        if typing.get_origin(plain) is Literal:
            return ["one of", *typing.get_args(plain)]
        if typing.get_origin(plain) in {list, dict}:
            return self.several(plain, meta.min_length or 0, meta.max_length or envelope.MAX_COUNTER)
        return ["object", self.fields(plain)]

    def several(self, kind: Any, least: int, most: int) -> Shape:
        of = typing.get_args(kind)[-1]
        inner = "" if of is Any else self.field("Whole", of, required=False)
        return ["list" if typing.get_origin(kind) is list else "map", inner, least, most]

    def fields(self, cls: type[Struct]) -> dict[str, str]:
        found = {
            f.name: self.field(f"{cls.__name__}.{f.name}", f.type, required=f.required)
            for f in msgspec.structs.fields(cls)
        }
        if cls is Moment:  # its exact form is looked at where the moment is
            found["time_zone"] = self.field("time_zone", FORMS["TimeZone"], required=True)
        return found


def sets_of(cls: Any) -> dict[str, Any]:
    return {"sets": cls.sets} if cls.sets else {}


def table() -> str:
    """By which payloads are read, checked and folded."""
    collected = Table()
    event_types = {
        name: {"kind": cls.entity, "v": cls.v, "fields": collected.fields(cls), **sets_of(cls)}
        for name, cls in PAYLOADS.items()
    }
    values: dict[str, tuple[str, Any]] = {
        "SHAPES": ("Record<string, Shape>", collected.shapes),
        "EVENT_TYPES": ("Record<string, EventType>", event_types),
        "COMPOSITES": ("Record<string, Record<string, readonly string[]>>", COMPOSITES),
        "REVISIONS": ("Record<string, string>", registry.REVISIONS),
        "NOT_FIELDS": ("readonly string[]", sorted(NOT_FIELDS)),
        "DEFAULT_STATUS": ("Record<string, string>", DEFAULT_STATUS),
    }
    rows = [
        f"export const {name}: {kind} = {{\n{''.join(entries(value))}}};\n"
        if isinstance(value, dict)
        else f"export const {name}: {kind} = {json.dumps(value)};\n"
        for name, (kind, value) in values.items()
    ]
    constants = "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in CONSTANTS.items())
    return "\n".join([f'{HEAD}import type {{ EventType, Shape }} from "../reading";\n', constants, *rows])


def entries(value: dict[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        yield f"  {json.dumps(name)}: {json.dumps(one)},\n"


FILES = {
    "views.ts": views,
    "payloads.ts": event_types,
    "messages.ts": message_types,
    "access.ts": access_types,
    "table.ts": table,
}


def main() -> int:
    FOLDER.mkdir(exist_ok=True, parents=True)
    for name, made in FILES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
