"""Describes the protocol's messages in the API's own document, read off the same types that decode them."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from milepost.commands.basis import Differing
from milepost.commands.by_kind import TODAY
from milepost.envelope import Event
from milepost.events import EVENT_TYPES, PAYLOADS, Payload
from milepost.events.forms import FORMS
from milepost.messages import Problem


class ChangedMeanwhile(Problem, frozen=True, kw_only=True):
    """A change was refused since what it is based on has changed. `fields` says which, with both versions of each."""

    fields: tuple[Differing, ...] = ()


class EventSchema(OpenAPISchemaPlugin):
    """An event carries its payload as verbatim JSON, which no generator can know of."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation is Event

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:  # noqa: ARG002
        return event_schema()


def event_schema() -> Schema:
    """An event as it travels."""
    text, number = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.INTEGER)
    return Schema(
        title="Event",
        type=OpenAPIType.OBJECT,
        description=(Event.__doc__ or "").strip(),
        required=["device", "n"],
        properties={
            "seq": number,
            "device": text,
            "n": number,
            "seen": Schema(type=OpenAPIType.OBJECT, additional_properties=number),
            "hlc": text,
            "actor": text,
            "type": text,
            "v": number,
            "salt": text,
            "received_at": number,
            "merge_hlc": text,
            "rejected": text,
            "digest": text,
            "data": Schema(type=OpenAPIType.OBJECT, description="The payload, kept byte for byte."),
        },
    )


def takes(message: type[msgspec.Struct]) -> type[Operation]:
    """An operation whose body is `message`: the handler decodes it itself, so that payloads stay verbatim."""

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            content = OpenAPIMediaType(schema=_schema_of(message))
            self.request_body = RequestBody(content={"application/json": content}, required=True)

    return Takes


def takes_fields(
    payload: type[Payload],
    example: dict[str, Any],
    *,
    without: set[str],
    status: bool = False,
    base: bool = False,
) -> type[Operation]:
    """An operation whose body are the fields of a payload, as JSON; `status` and `on`, or `base`, beside them where
    asked.
    """
    schema = _schema_of(payload)
    left_out = {"event", *without}
    schema.properties = {name: part for name, part in (schema.properties or {}).items() if name not in left_out}
    needless = {*left_out, TODAY.get(payload.entity)}
    schema.required = [name for name in schema.required or [] if name not in needless] or None
    if status:
        turned = _schema_of(PAYLOADS[f"{payload.entity}.status_changed"]).properties or {}
        schema.properties |= {name: turned[name] for name in ("status", "on")}
    if base:
        schema.properties["base"] = _base_schema()

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            content = OpenAPIMediaType(schema=schema, examples={"example": Example(value=example)})
            self.request_body = RequestBody(content={"application/json": content}, required=True)

    return Takes


def takes_base() -> type[Operation]:
    """An operation whose body may say what it is based on, and nothing else."""

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            schema = Schema(type=OpenAPIType.OBJECT, properties={"base": _base_schema()})
            self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)})

    return Takes


def _base_schema() -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        description="Field → its writes (`device.n`, with commas between), as a read gave them; else 412.",
        additional_properties=Schema(type=OpenAPIType.STRING),
    )


def _schema_of(message: type[msgspec.Struct]) -> Schema:
    (root,), components = msgspec.json.schema_components([message], ref_template="{name}")
    schema = _as_schema(root, components)
    known = EVENT_TYPES.get(str(message.__struct_config__.tag))
    for name, form in (known.forms if known else {}).items():
        if schema.properties and isinstance(field := schema.properties.get(name), Schema):
            said = FORMS[form][1]
            field.description = f"{said[0].upper()}{said[1:]}."
    return schema


def _as_schema(source: dict[str, Any], components: dict[str, Any]) -> Schema:
    """A JSON schema with its references written out."""
    if "$ref" in source:
        name = source["$ref"]
        return event_schema() if name == "Event" else _as_schema(components[name], components)
    known: dict[str, Any] = {}
    names = {
        "title": "title",
        "description": "description",
        "required": "required",
        "minimum": "minimum",
        "maximum": "maximum",
        "minLength": "min_length",
        "maxLength": "max_length",
        "minItems": "min_items",
        "maxItems": "max_items",
        "enum": "enum",
    }
    for name, field in names.items():
        if name in source:
            known[field] = source[name]
    if isinstance(source.get("type"), str):
        known["type"] = OpenAPIType(source["type"])
    if "anyOf" in source:
        known["any_of"] = [_as_schema(part, components) for part in source["anyOf"]]
    if "items" in source and isinstance(source["items"], dict):
        known["items"] = _as_schema(source["items"], components)
    if "properties" in source:
        known["properties"] = {name: _as_schema(part, components) for name, part in source["properties"].items()}
    if isinstance(source.get("additionalProperties"), dict):
        known["additional_properties"] = _as_schema(source["additionalProperties"], components)
    return Schema(**known)
