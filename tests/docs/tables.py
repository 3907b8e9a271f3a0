"""The tables in the documents that are read off the code. `python -m tests.docs.tables` writes them anew.

In a document, each stands between `<!-- begin: name -->` and `<!-- end: name -->`.
"""

import importlib
import inspect
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType

from milepost import clock, envelope, errors, messages, receipts
from milepost.errors import MilepostError
from milepost.events import COMPOSITES, EVENT_TYPES, NOT_FIELDS, PAYLOADS, Payload, by_register
from milepost.events.forms import FORMS as EXACT_FORMS
from milepost.membership import MAX_INVITATION_DAYS
from milepost.policy import THERAPIST
from milepost_server import coding, feed_serving, live, records, snapshots
from milepost_server.access_rules import RULES, Rule
from milepost_server.collections import COLLECTIONS
from tests.docs.colours import contrasts
from tests.docs.plugin_tables import PLUGIN_TABLES

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN_ELSEWHERE = {("proposal", "accepted")}
"""Fields that set registers of another entity; the document says how."""
ON_DEVICES_ONLY = {"offline", "folder-in-use", "history-partial"}
"""Problems that no server answers with."""


def table(header: str, rows: list[str]) -> str:
    columns = header.split(" | ")
    return "\n".join([row(*columns), row(*["---"] * len(columns)), *rows])


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _parts(kind: Any) -> list[Any]:
    return list(typing.get_args(kind)) if typing.get_origin(kind) in {typing.Union, type(int | str)} else [kind]


def _is_form(value: Any) -> bool:
    if isinstance(value, type):
        own = value.__module__.startswith("milepost.events.")
        return own and issubclass(value, Struct) and not issubclass(value, Payload)
    return hasattr(value, "__metadata__") or typing.get_origin(value) is Literal or len(_parts(value)) > 1


def _named_forms() -> dict[str, Any]:
    """Every form that a field may have, by its name in the modules of `milepost.events`; the common ones first."""
    modules = ["fields", *dict.fromkeys(cls.__module__.rpartition(".")[2] for cls in PAYLOADS.values())]
    found = [vars(importlib.import_module(f"milepost.events.{module}")) for module in modules]
    return {name: value for names in found for name, value in names.items() if _is_form(value)}


PLAIN = {bool: "Bool", int: "Integer", float: "a fraction", str: "text", Any: "any JSON value"}


def _form(kind: Any, without: str = "") -> str:
    """What a field may be, in the names of `FORMS`; `?` where it may be null."""
    left = [part for part in _parts(kind) if part is not UnsetType]
    nullable = type(None) in left
    found = []
    for name in _WIDEST_FIRST:
        parts = _parts(FORMS[name])
        if name != without and all(part in left for part in parts):
            left = [part for part in left if part not in parts]
            found.append(name)
    found += [_structure(part) for part in left if part is not type(None)]
    return " or ".join(found) + ("?" if nullable else "")


def _structure(kind: Any) -> str:
    """What a form without a name is."""
    if kind in PLAIN:
        return PLAIN[kind]
    if typing.get_origin(kind) is list:
        return f"list of {_inner(typing.get_args(kind)[0])}"
    if typing.get_origin(kind) is dict:
        key, value = typing.get_args(kind)
        return f"object of {_form(key)} to {_inner(value)}"
    if typing.get_origin(kind) is Literal or hasattr(kind, "__metadata__"):
        return _described(kind)
    raise TypeError(f"How is {kind!r} to be put into words?")


def _inner(kind: Any) -> str:
    """What may stand in a list or an object: a `?` there could be taken for one of the whole."""
    found = _form(kind)
    return f"{found[:-1]} or `null`" if found.endswith("?") else found


FORMS = _named_forms()
_WIDEST_FIRST = sorted(FORMS, key=lambda name: -len(_parts(FORMS[name])))


def _fields(cls: type[Struct]) -> str:
    fields = msgspec.structs.fields(cls)
    return ", ".join(
        (f"**`{field.name}`**" if field.required else f"`{field.name}`") + f" {_form(field.type)}" for field in fields
    )


def _registers(name: str) -> str:
    known = EVENT_TYPES[name]
    own = [f for f in PAYLOADS[name].__struct_fields__ if (known.entity, f) not in WRITTEN_ELSEWHERE]
    fields = {field: None for field in own if field not in NOT_FIELDS}
    grouped = by_register(known.entity, {**fields, **known.sets})
    shared = COMPOSITES.get(known.entity, {})
    return ", ".join(f"`{r}` ({', '.join(f'`{f}`' for f in shared[r])})" if r in shared else f"`{r}`" for r in grouped)


def event_types() -> str:
    return table(
        "Type | Kind | Fields | Registers",
        [row(f"`{name}`", EVENT_TYPES[name].entity, _fields(cls), _registers(name)) for name, cls in PAYLOADS.items()],
    )


def composites() -> str:
    return "\n".join(
        f"- `{kind}`: {', '.join(f'`{f}`' for f in fields[:-1])} and `{fields[-1]}` share the register `{register}`."
        for kind, of_kind in COMPOSITES.items()
        for register, fields in of_kind.items()
    )


def _described(form: Any, name: str = "") -> str:
    if typing.get_origin(form) is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in typing.get_args(form))
    if isinstance(form, type) and issubclass(form, Struct):
        return f"an object of {_fields(form)}"
    if not hasattr(form, "__metadata__"):
        return _form(form, without=name)
    (meta,) = (part for part in form.__metadata__ if isinstance(part, Meta))
    return _limited(form, meta)


def _limited(form: Any, meta: Meta) -> str:
    """A form that a library checks by the limits it is declared with."""
    kind = form.__origin__
    if meta.extra:
        words: str = EXACT_FORMS[meta.extra["form"]][1]
        return words
    if meta.ge is not None:
        return (
            "Integer"
            if meta.le == envelope.MAX_COUNTER == -(meta.ge or 0)
            else f"an integer from {meta.ge} to {meta.le}"
        )
    if kind is str:
        return f"text of {meta.min_length} to {meta.max_length} characters"
    sort, _, inner = _structure(kind).partition(" of ")
    return f"{sort} of {meta.min_length or 0} to {meta.max_length} entries: {inner}"


def forms() -> str:
    described = [row(name, _described(form, name)) for name, form in FORMS.items()]
    integer = f"an integer from {-envelope.MAX_COUNTER} to {envelope.MAX_COUNTER}"
    return table("Form | What it is", [*described, row("Integer", integer), row("Bool", "`true` or `false`")])


def limits() -> str:
    named = [
        ("events in one push, a sync's journals taken together", messages.MAX_PUSH_EVENTS),
        ("bytes of one request's body, decoded", coding.MAX_BODY_BYTES),
        ("bytes of one payload", envelope.MAX_EVENT_BYTES),
        ("entries in one `seen`", envelope.MAX_SEEN),
        ("any integer on the wire", envelope.MAX_COUNTER),
        ("journals in one sync", messages.MAX_JOURNALS),
        ("events in one page", messages.MAX_PAGE_EVENTS),
        ("bytes of the events in one page, after the first", messages.MAX_PAGE_BYTES),
        ("links in one proof", receipts.MAX_LINKS),
        ("characters of a receipt", receipts.MAX_RECEIPT),
        ("places in one request for chain values", messages.MAX_CHAIN_POINTS),
        ("characters of a reason for a rejection", envelope.MAX_REASON),
        ("milliseconds that a clock may run ahead", clock.CLAMP_MS),
        ("milliseconds that a pairing code lasts", records.CODE_LIFETIME_MS),
        ("days that an invitation lasts", MAX_INVITATION_DAYS),
        ("milliseconds that an `Idempotency-Key` is remembered", records.KEY_LIFETIME_MS),
        ("bytes from which on an answer is compressed", messages.MIN_CODED_BYTES),
        ("events that a snapshot may be behind its log", snapshots.MAX_BEHIND),
        ("open streams of one account", live.MAX_OF_ACCOUNT),
        ("open streams in all", live.MAX_LISTENERS),
        ("seconds between two lines of `/v1/live`", f"{live.HEARTBEAT_S:.0f}"),
        ("days that a revoked feed is empty before it is gone", feed_serving.REVOKED_FEED_DAYS),
    ]
    return table("Limit | Value", [row(name, str(value)) for name, value in named])


def roles() -> str:
    """The therapist's column of the policy, by what it says."""
    found: dict[str, list[str]] = {}
    for name, rule in THERAPIST.items():
        found.setdefault(rule, []).append(f"`{name}`")
    return table(
        "A therapist may write | Types", [row(f"**{rule}**", ", ".join(names)) for rule, names in found.items()]
    )


def rules() -> str:
    """Who is let in where."""
    named = {key: rule for key, rule in RULES.items() if "{operation}" not in key[1]}
    short: dict[tuple[str, str], Rule] = {}
    for (method, path), rule in named.items():
        parts = path.split("/")
        if len(parts) > 4 and parts[4] in COLLECTIONS:
            parts[4] = "{of}"
        short.setdefault((method, "/".join(parts)), rule)
    rows = [
        row(f"`{method} {path}`", rule.who, *(("–", "–") if rule.who == "anybody" else (rule.scope, rule.kind)))
        for (method, path), rule in short.items()
    ]
    return table("Request | Who | Scope | Kind", rows)


def problems() -> str:
    known = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, MilepostError)]
    rows = [row(f"`{MilepostError.code}`", "500", "Something went wrong inside the server.")]
    for cls in known[1:]:
        status = "–" if cls.code in ON_DEVICES_ONLY else str(cls.status)
        rows.append(row(f"`{cls.code}`", status, (inspect.getdoc(cls) or "").partition("\n")[0]))
    return table("Code | Status | What it means", rows)


def said(annotation: Any) -> str:
    """A type as an author writes it."""
    return re.sub(r"[a-z_.]+\.(?=[A-Za-z])", "", inspect.formatannotation(annotation))


TABLES: dict[str, Callable[[], str]] = {
    "composites": composites,
    "contrasts": contrasts,
    "event-types": event_types,
    "forms": forms,
    "limits": limits,
    "problems": problems,
    "roles": roles,
    "rules": rules,
    **PLUGIN_TABLES,
}
_MARKED = re.compile(r"<!-- begin: (?P<name>[a-z-]+) -->\n(?P<body>.*?)\n<!-- end: (?P=name) -->", re.DOTALL)


def standing(document: str) -> dict[str, str]:
    """The tables as a document has them now."""
    return {found["name"]: found["body"] for found in _MARKED.finditer(document)}


def renewed(document: str) -> str:
    """The document with its tables as they should be."""
    return _MARKED.sub(
        lambda m: f"<!-- begin: {m['name']} -->\n{TABLES[m['name']]()}\n<!-- end: {m['name']} -->", document
    )


if __name__ == "__main__":
    for path in DOCS.glob("*.md"):
        path.write_text(renewed(path.read_text()))
