"""What stands at the server and what is to stand there, put together element by element; pure.

The rules, for each element of a resource that we wrote:

- Nobody changed it there: it is as the journal has it now.
- Somebody changed it there, and the journal did not: it stays as they have it, and is told of.
- Both did: the journal's stands, as the resource is the journal's, and it is told of.
- We never write it (a note of a clinician's, a tag): it stays.

Where nothing is known of what was written (it was taken back, or lost), what we may write is as the journal has it, and the
rest stays. Identifiers and extensions of others stay beside ours, and so do notes of theirs where ours are marked as such.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost_fhir.links import Digests, Link, Links, unpacked

_LISTED = {"identifier": ("system", "value"), "extension": ("url",)}
"""Lists in which others may have things of their own, and what names one of them."""
_SERVERS = ("id", "meta")


class Writes(Struct, frozen=True):
    """What we write at all: the elements of a type of resource, how the addresses of our extensions begin, and the lists in
    which each part that is ours has such an extension.
    """

    elements: frozenset[str]
    extensions: tuple[str, ...]
    marked: frozenset[str] = frozenset()


class Merged(Struct, frozen=True):
    """What is to be written; whether that is what stands there already; and which elements somebody changed there, of ours.

    `kept` are those of them that stay as they are there; `foreign`: whether anything of somebody else's stays.
    """

    resource: dict[str, Any]
    same: bool
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    foreign: bool = False


def last_written(link: Link, there: Digests) -> Digests | None:
    """What we last wrote, as far as can be told: what is on its way, if that is nearer to what stands there."""
    candidates = [unpacked(text) for text in (link.wrote, link.sent) if text]
    if not candidates:
        return None
    return max(candidates, key=lambda one: sum(there.get(name) == digest for name, digest in one.items()))


def merged(
    theirs: Mapping[str, Any], ours: Mapping[str, Any], link: Link, links: Links, writes: "Writes", base: str
) -> Merged:
    """See the module; addresses at the server begin with `base`."""
    there, here = links.digests(theirs, base), links.digests(ours, base)
    wrote = last_written(link, there)
    whole: dict[str, Any] = {"resourceType": ours["resourceType"]}
    changed, kept, foreign = list[str](), list[str](), False
    value: Any
    for name in sorted(there.keys() | here.keys()):
        if name in _LISTED or name in writes.marked:
            value, stays = _beside(name, theirs, ours, writes.extensions)
        else:
            stays, told = _judged(name, there, here, wrote, writes.elements)
            changed += [name] if told else []
            kept += [name] if told and stays else []
            value = (theirs if stays else ours).get(name)
        foreign = foreign or stays
        if value is not None and value != []:
            whole[name] = value
    for name in _SERVERS:
        if name in theirs:
            whole[name] = theirs[name]
    same = links.digests(whole, base) == there
    return Merged(resource=whole, same=same, changed=tuple(changed), kept=tuple(kept), foreign=foreign)


def _judged(
    name: str, there: Digests, here: Digests, wrote: Digests | None, may_write: frozenset[str]
) -> tuple[bool, bool]:
    """Whether an element stays as it is there, and whether that somebody changed it is to be told."""
    if wrote is None:
        return name not in may_write, False
    now, ours, before = there.get(name), here.get(name), wrote.get(name)
    if now in (before, ours):
        return False, False
    if ours == before:
        return True, before is not None
    return False, True


def _beside(
    name: str, theirs: Mapping[str, Any], ours: Mapping[str, Any], own_extensions: tuple[str, ...]
) -> tuple[Any, bool]:
    """Ours, and those of others beside them; whether there are such."""
    mine, listed = ours.get(name) or [], theirs.get(name) or []
    if not isinstance(mine, list) or not isinstance(listed, list):
        return mine or listed, False  # there is room for one alone
    known = {_called(name, one) for one in mine}
    others = [
        one
        for one in listed
        if isinstance(one, Mapping) and _called(name, one) not in known and not _is_own(name, one, own_extensions)
    ]
    return [*mine, *others], bool(others)


def _called(name: str, one: Mapping[str, Any]) -> object:
    """What tells a part of a list from the others; a mark alone does for what has no name."""
    return tuple(str(one.get(part)) for part in _LISTED[name]) if name in _LISTED else id(one)


def _is_own(name: str, one: Mapping[str, Any], own_extensions: tuple[str, ...]) -> bool:
    """Whether a part has the mark of ours."""
    marks = [one] if name == "extension" else one.get("extension") or ()
    return any(isinstance(mark, Mapping) and str(mark.get("url")).startswith(own_extensions) for mark in marks)
