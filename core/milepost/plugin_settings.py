"""Reading, describing and showing the settings of a plugin; knows no concrete plugin and no database."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from milepost.errors import InvalidInput
from milepost.plugin_api import Secret

HIDDEN = "(set)"
"""Shown for a secret that there is."""
_SAID = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
"""What a person may type for a setting that is on or off."""
MAX_SETTING = 20_000
"""Characters of one setting."""


def schema(cls: type[Struct]) -> dict[str, Any]:
    """The JSON Schema of settings. Secrets are write-only texts of the format `password`."""
    found = msgspec.json.schema(_without_secret_defaults(cls), schema_hook=_secret_schema)
    others = found["$defs"]
    described: dict[str, Any] = others.pop(found["$ref"].rpartition("/")[2])
    return {**described, "$defs": others} if others else described


def _without_secret_defaults(cls: type[Struct]) -> type[Struct]:
    """The same settings with no secret as a default, which a schema would say aloud."""
    fields = msgspec.structs.fields(cls)
    if not any(isinstance(field.default, Secret) for field in fields):
        return cls
    shadow: list[Any] = []
    for field in fields:
        if isinstance(field.default, Secret):
            shadow.append((field.name, field.type | None, None))
        elif field.default_factory is not NODEFAULT:
            shadow.append((field.name, field.type, msgspec.field(default_factory=field.default_factory)))
        else:
            shadow.append((field.name, field.type) if field.required else (field.name, field.type, field.default))
    return msgspec.defstruct(cls.__name__, shadow, kw_only=True)


def _secret_schema(cls: type) -> dict[str, Any]:
    if cls is Secret:
        return {"type": "string", "format": "password", "writeOnly": True}
    raise NotImplementedError  # so a schema hook says that a type is not its own


def secret_names(cls: type[Struct]) -> frozenset[str]:
    """The fields that are secret, or have a secret somewhere in them."""
    about: Any = msgspec.inspect.type_info(cls)
    return frozenset(field.encode_name for field in about.fields if _holds_secret(field.type, frozenset({cls})))


def _holds_secret(about: Any, within: frozenset[type]) -> bool:
    """Whether a secret is somewhere in a type, as msgspec describes it; `within` are the classes that it is a part of."""
    own = getattr(about, "cls", None)
    if own is Secret or own in within:
        return own is Secret
    parts = [getattr(about, name, ()) for name in ("types", "item_types", "fields", "type", "item_type", "value_type")]
    each = [part for found in parts for part in (found if isinstance(found, tuple) else (found,))]
    return any(_holds_secret(part, within | {own} if own else within) for part in each)


def read(cls: type[Struct], given: Mapping[str, Any], *, texts: bool = False) -> Struct:
    """Settings out of JSON values, or (`texts`) out of what a person typed.

    Raises:
        InvalidInput: names the field, and what is wrong.

    """
    known = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    if unknown := sorted(set(given) - set(known)):
        raise InvalidInput(f"There is no setting `{unknown[0]}`. There are: {', '.join(known) or 'none'}.")
    missing = [name for name, f in known.items() if f.required and name not in given]
    if missing:
        raise InvalidInput(f"`{missing[0]}` is missing: {described(cls, missing[0])}")
    for name, value in given.items():
        if isinstance(value, str) and len(value) > MAX_SETTING:
            raise InvalidInput(f"`{name}` is longer than {MAX_SETTING:,} characters.")
    if texts:
        given = {name: _typed(name, known[name].type, value) for name, value in given.items()}
    for name, value in given.items():
        if isinstance(value, str) and (choices := _choices(known[name].type)) and value not in choices:
            raise InvalidInput(f"These settings can't be used: `{name}` can be {', '.join(choices)}.")
    try:
        return msgspec.convert(dict(given), cls, strict=not texts, dec_hook=_secret, str_keys=True)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"These settings can't be used: {error}") from None


def _forms(form: Any) -> list[Any]:
    """The types that a setting may be of, as msgspec describes them; without those that only say that it may be absent."""
    about: Any = msgspec.inspect.type_info(form)
    while isinstance(about, msgspec.inspect.Metadata):
        about = about.type
    if isinstance(about, msgspec.inspect.UnionType):
        return [one for one in about.types if not isinstance(one, msgspec.inspect.NoneType)]
    return [about]


def _choices(form: Any) -> list[str]:
    """What a setting that is a text can be, if that is one of several; else nothing."""
    (about, *others) = _forms(form)
    found: list[Any] = []
    if not others and isinstance(about, msgspec.inspect.LiteralType):
        found = list(about.values)
    elif not others and isinstance(about, msgspec.inspect.EnumType):
        found = [one.value for one in about.cls]
    return found if all(isinstance(one, str) for one in found) else []


def _typed(name: str, form: Any, value: Any) -> Any:
    """What was typed, as the setting has it: parts with commas between for a list, yes or no for what is either.

    Raises:
        InvalidInput: it is to be yes or no, and is neither.

    """
    forms = _forms(form)
    if not isinstance(value, str):
        return value
    if all(isinstance(one, msgspec.inspect.BoolType) for one in forms):
        if value.strip().lower() not in _SAID:
            raise InvalidInput(f"These settings can't be used: `{name}` is yes or no.")
        return _SAID[value.strip().lower()]
    if len(forms) == 1 and isinstance(forms[0], msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
        return [part for one in value.split(",") if (part := one.strip())]
    return value


def _secret(cls: type, value: Any) -> Any:
    if cls is not Secret or not isinstance(value, str):
        raise ValueError("Expected `str`")
    return Secret(value)


def written(settings: Struct) -> dict[str, Any]:
    """Settings as JSON values, secrets revealed: for the encrypted place that they are kept in, and nothing else."""
    found: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=_reveal)
    return found


def _reveal(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"a setting holds a {type(value).__name__}, which can't be kept")


def shown(cls: type[Struct], given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as people may see them."""
    secret = secret_names(cls)
    return {name: (HIDDEN if value else value) if name in secret else value for name, value in given.items()}


def described(cls: type[Struct], name: str) -> str:
    """What a setting is for, in the author's words."""
    about = schema(cls)["properties"].get(name, {})
    return str(about.get("description") or about.get("title") or "the plugin needs it.")


def made_up(cls: type[Struct], settings: Struct, given: Mapping[str, Any]) -> dict[str, str]:
    """Secrets that nobody gave and that the plugin made up, which have to be told once to be of use."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    found = {
        name: getattr(settings, fields[name].name)
        for name in secret_names(cls)
        if name not in given and fields[name].default_factory is not NODEFAULT
    }
    return {name: value.reveal() for name, value in sorted(found.items()) if isinstance(value, Secret) and value}


def required(cls: type[Struct]) -> list[str]:
    """The settings that have no default, in order."""
    return [f.encode_name for f in msgspec.structs.fields(cls) if f.default is f.default_factory is NODEFAULT]
