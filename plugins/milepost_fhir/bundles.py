"""A file of resources, read within bounds: a Bundle of any kind, or a single resource; knows no thing of a journal.

What is no such file is refused as a whole, in words; what is wrong with one resource is said of that one.
"""

import codecs
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, BinaryIO, NamedTuple

import msgspec
from msgspec import Raw, Struct

from milepost.plugin_api import InvalidInput
from milepost_fhir.codes import FILE, GRANTED, URIS
from milepost_fhir.incoming import KNOWN, Coding, Identifier, OperationOutcome, Reference

MAX_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 100_000
MAX_NAME = 300
"""Characters of what a resource is called; longer names are known by a digest."""


class _Head(Struct, frozen=True, rename="camel"):
    resource_type: str = ""


class _Entry(Struct, frozen=True, rename="camel"):
    full_url: str = ""
    resource: Raw = Raw(b"null")


class _Bundle(Struct, frozen=True, rename="camel"):
    resource_type: str = ""
    type: Raw = Raw(b"null")
    meta: Raw = Raw(b"null")
    entry: tuple[Raw, ...] = ()


class _Meta(Struct, frozen=True):
    tag: tuple[Coding, ...] = ()


class Found(NamedTuple):
    """One resource of a file: its type, what it is called here (`name`), by what others may name it, and itself.

    `read` is None for a type that is not looked at, and for one in which something is `wrong`.
    """

    type: str
    name: str
    names: tuple[str, ...]
    raw: bytes
    read: Any = None
    wrong: str = ""


class Contents(NamedTuple):
    """All resources of a file, in order; `is_ours`: Milepost wrote the file."""

    found: list[Found]
    is_ours: bool


def contents_of(file: BinaryIO) -> Contents:
    """What is in a file.

    Raises:
        InvalidInput: it is too large, no JSON, no FHIR, or what a server said instead of what it was asked for.
    """
    body = file.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise InvalidInput(
            f"The file is larger than {MAX_BYTES // 2**20} MiB. Export less at once, and bring in one by one."
        )
    body = body.removeprefix(codecs.BOM_UTF8)
    whole = _decoded(body, _Bundle)
    if whole.resource_type != "Bundle":
        if not whole.resource_type:
            raise InvalidInput("The file is not FHIR in JSON: it has no `resourceType`. XML can't be read.")
        return Contents([_found(1, body)], is_ours=False)
    if len(whole.entry) > MAX_ENTRIES:
        raise InvalidInput(
            f"The Bundle has {len(whole.entry):,} entries, and {MAX_ENTRIES:,} is the most that is read."
        )
    found = [_in_entry(place, bytes(one)) for place, one in enumerate(whole.entry, 1)]
    return Contents(found, is_ours=_is_ours(whole, found))


def _is_ours(whole: _Bundle, found: list[Found]) -> bool:
    """Whether Milepost wrote a Bundle: by the tag of the file; by its Consent where it is of before there was one."""
    try:
        tags = msgspec.json.decode(whole.meta, type=_Meta | None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        tags = None
    if tags is not None and any((one.system, one.code) == FILE for one in tags.tag):
        return True
    is_old = bytes(whole.type) == b'"transaction"'
    return is_old and any(one.type == "Consent" and GRANTED.encode() in one.raw for one in found)


def _decoded(body: bytes, as_: type[Struct]) -> Any:
    if words := _another(body):
        raise InvalidInput(words)
    try:
        return msgspec.json.decode(body, type=as_)
    except RecursionError:
        raise InvalidInput("The file is nested too deep: nothing in FHIR is like that.") from None
    except msgspec.ValidationError as error:
        raise InvalidInput(f"The file is not a Bundle of FHIR: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if _is_lines(body):
            raise InvalidInput(
                "The file has a resource on each line (NDJSON, as a bulk export gives it), and that can't be read. Ask "
                "for a Bundle in JSON that is about you."
            ) from None
        raise InvalidInput(f"The file is not JSON in UTF-8 ({error}). FHIR in XML can't be read.") from None


def _another(body: bytes) -> str:
    """What to say of a file that is plainly of another kind; empty for all others."""
    start = body[:1000].lstrip()
    if not start and not body.strip():
        return "The file is empty. Ask for it once more."
    if body.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return "The file is packed (ZIP or gzip): unpack it, and give the JSON file that is in it."
    if start.startswith(b"<"):
        return "The file is not JSON: FHIR in XML can't be read. Ask for it in JSON."
    return ""


def _is_lines(body: bytes) -> bool:
    """Whether it is JSON line by line, as https://hl7.org/fhir/R4/nd-json.html has it."""
    first, _, rest = body.partition(b"\n")
    try:
        head = msgspec.json.decode(first, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return bool(head.resource_type and rest.strip())


@cache
def _decoder(type_: str) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(KNOWN[type_])


def _in_entry(place: int, raw: bytes) -> Found:
    """The resource of an entry, whatever that is: what is wrong with one is said of that one alone."""
    try:
        entry = msgspec.json.decode(raw, type=_Entry)
    except RecursionError:
        return Found("?", f"entry {place}", (), raw, wrong="It is nested too deep.")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Found("?", f"entry {place}", (), raw, wrong=_sentence(str(error)))
    return _found(place, bytes(entry.resource), entry.full_url)


def _found(place: int, raw: bytes, full_url: str = "") -> Found:
    try:
        type_ = msgspec.json.decode(raw, type=_Head | None)
        said = type_.resource_type if type_ is not None else ""
        read = _decoder(said).decode(raw) if said in KNOWN else None
    except RecursionError:
        return Found("?", f"entry {place}", (), raw, wrong="It is nested too deep.")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Found("?", f"entry {place}", (), raw, wrong=_sentence(str(error)))
    if isinstance(read, OperationOutcome):
        words = " ".join(one.diagnostics or one.details.said() for one in read.issue)[:500]
        raise InvalidInput(f"That is what a server said instead: {words or 'nothing more'}")
    names = tuple(_names(said, full_url, read))
    return Found(said, _name(names, raw), names, raw, read)


def _sentence(words: str) -> str:
    """`Expected …, got … - at `$.description`` as a sentence."""
    return f"{words.replace(' - at ', ', at ').replace('`$.', '`')}."


def _names(type_: str, full_url: str, read: Any) -> list[str]:
    """What it is called: by its identifiers first, as those stay the same wherever it goes."""
    said = getattr(read, "identifier", ())
    identifiers = said if isinstance(said, tuple) else (said,)
    own = getattr(read, "id", "")
    found = [_by_identifier(one) for one in identifiers]
    return [one for one in (*found, f"{type_}/{own}" if own else "", full_url) if one]


def _by_identifier(one: Identifier) -> str:
    if not one.value:
        return ""
    return one.value if one.system == URIS else f"{one.system}|{one.value}"


def _name(names: tuple[str, ...], raw: bytes) -> str:
    if names and len(names[0]) <= MAX_NAME:
        return names[0]
    return hashlib.sha256(names[0].encode() if names else raw).hexdigest()


class Links:
    """Which resource of a file is meant by a reference."""

    def __init__(self, found: list[Found]) -> None:
        self._by_name: Mapping[str, Found] = {name: one for one in reversed(found) for name in one.names}

    def get(self, reference: Reference | None) -> Found | None:
        """The one that is named; None where it is not in the file."""
        if reference is None:
            return None
        by_identifier = _by_identifier(reference.identifier)
        conditional = reference.reference.partition("?identifier=")[2].replace("%7C", "|").removeprefix(f"{URIS}|")
        for name in (reference.reference, conditional, by_identifier):
            if name and name in self._by_name:
                return self._by_name[name]
        # A server's answer has whole addresses as names, and `Goal/1` in references.
        return next((one for one in self._ending(reference.reference)), None)

    def _ending(self, text: str) -> list[Found]:
        relative = "/".join(text.split("/")[-2:])
        found = self._by_name.get(relative) if "/" in text else None
        return [found] if found else []
