"""What is known of each resource at the server: its id and version there, and what it was when it was last written.

Theory of operation
-------------------
A *link* is kept in `context.state` for each resource that is outside, or is to be. It has no words: of each element that
was written there is a digest, keyed by the connection, so that nobody can guess back from it. Where links are lost,
resources are found by their identifiers and taken over.

    id, version   where it is, and what was seen there last; empty where that is not known
    wrote         the elements that were last written there, or last seen there and taken in: what differs, somebody changed
    sent          the same of what is about to be written, stored before it leaves: so what an answer got lost to is known
    kept          that version has something of somebody else's, so it is read before it is written over
    unseen        somebody there changed what is ours, and it was not taken in yet

How much is kept has a bound: what there are most of (Observations, answers) is not linked beyond `MAX_LINKS`. Such is
looked up by its identifier when it changes.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost_fhir.reading import identifiers_of

MAX_LINKS = 7000
_PLENTY = {"Observation", "QuestionnaireResponse"}
_LINK = "link "
_NEVER = frozenset({"resourceType", "id", "meta", "text"})
"""What a server has the say over: `text` is its own rendering, where we wrote none."""

_LOGICAL = frozenset({"identifier", "type"})
"""What a reference by an identifier has in the place of an address."""

Digests = dict[str, str]
"""Element → digest of what is in it."""


class Link(Struct, omit_defaults=True, kw_only=True):
    """See the module."""

    id: str = ""
    version: str = ""
    wrote: str = ""
    sent: str = ""
    kept: bool = False
    unseen: bool = False


class Ref(Struct, frozen=True):
    """What a resource is called: its type, and the value of the identifier that we gave it."""

    type: str
    value: str

    @property
    def key(self) -> str:
        """What its link is kept under."""
        return f"{_LINK}{self.type} {self.value}"


class Links:
    """The links of a connection. One that is changed is to be kept again."""

    def __init__(self, state: MutableMapping[str, Any], connection: str, system: str) -> None:
        self._state, self._key = state, uuid.UUID(connection).bytes
        self.system = system
        self._places: dict[str, str] = {}
        self._count = 0
        for ref, link in self.all():
            self._count += 1
            if link.id:
                self._places[f"{ref.type}/{link.id}"] = ref.value

    def get(self, ref: Ref) -> Link | None:
        """What is known of a resource."""
        kept = self._state.get(ref.key)
        return msgspec.convert(kept, Link) if kept is not None else None

    def keep(self, ref: Ref, link: Link) -> None:
        """Notes it."""
        if ref.key not in self._state:
            if self._count >= MAX_LINKS and ref.type in _PLENTY:
                return
            self._count += 1
        self._state[ref.key] = msgspec.to_builtins(link)
        if link.id:
            self._places[f"{ref.type}/{link.id}"] = ref.value

    def drop(self, ref: Ref) -> None:
        """Forgets it."""
        if self._state.pop(ref.key, None) is not None:
            self._count -= 1

    def all(self) -> Iterator[tuple[Ref, Link]]:
        """Every link."""
        for name in list(self._state):
            if name.startswith(_LINK):
                kind, _, value = name.removeprefix(_LINK).partition(" ")
                yield Ref(kind, value), msgspec.convert(self._state[name], Link)

    def place(self, ref: Ref) -> str:
        """Where a resource is at the server, as in `Goal/123`; empty where that is not known."""
        link = self.get(ref)
        return f"{ref.type}/{link.id}" if link is not None and link.id else ""

    # What is in a resource

    def digests(self, resource: Mapping[str, Any], base: str = "") -> Digests:
        """A digest of each element, wherever the resource came from: references are by what they are to."""
        return {name: self._digest(self._same(value, base)) for name, value in resource.items() if name not in _NEVER}

    def _same(self, value: Any, base: str) -> Any:
        if isinstance(value, list):
            return [self._same(one, base) for one in value]
        if not isinstance(value, Mapping):
            return value
        same = {name: self._same(one, base) for name, one in value.items()}
        reference, named = same.get("reference"), same.get("identifier")
        if isinstance(reference, str):
            reference = reference.removeprefix(f"{base}/")
            same["reference"] = self._places.get(reference, reference)
        elif isinstance(named, Mapping) and named.get("system") == self.system and "resourceType" not in same:
            return {
                **{name: one for name, one in same.items() if name not in _LOGICAL},
                "reference": named.get("value"),
            }
        return same

    def _digest(self, value: Any) -> str:
        written = msgspec.json.encode(value, order="sorted")
        return hashlib.blake2b(written, key=self._key, digest_size=5).hexdigest()

    def refs_of(self, resource: Mapping[str, Any]) -> list[Ref]:
        """What a resource is called, by each identifier that it has in our system."""
        kind = resource.get("resourceType")
        values = identifiers_of(resource, self.system)
        return [Ref(kind, value) for value in values if value] if isinstance(kind, str) else []


def packed(digests: Digests) -> str:
    """Digests as one text, which takes little room."""
    return " ".join(f"{name}:{digest}" for name, digest in sorted(digests.items()))


def unpacked(text: str) -> Digests:
    """The same back."""
    return {name: digest for name, _, digest in (one.partition(":") for one in text.split())}
