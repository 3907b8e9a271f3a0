"""What stands at the server and what is to stand there, put together element by element; pure.

The rules, for each element of a resource that we wrote:

- Nobody changed it there: it is as the journal has it now.
- Somebody changed it there, and the journal did not: it stays as they have it, and is told of.
- Both did: the journal's stands, as the resource is the journal's, and it is told of.
- We never write it (a note of a clinician's, a tag): it stays.

Where nothing is known of what was written (it was taken back, or lost), what we may write is as the journal has it, and the
rest stays. Identifiers and extensions of others stay beside ours.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost_fhir.links import Digests, Link, Links, unpacked

_LISTED = {"identifier": ("system", "value"), "extension": ("url",)}
"""Lists in which others may have things of their own, and what names one of them."""
_SERVERS = ("id", "meta")


class Writes(Struct, frozen=True):
    """What we write at all: the elements of a type of resource, and how the addresses of our extensions begin."""

    elements: frozenset[str]
    extensions: tuple[str, ...]


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
        if name in _LISTED:
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
) -> tuple[list[Any], bool]:
    """Ours, and those of others beside them; whether there are such."""
    mine, listed = ours.get(name) or [], theirs.get(name) or []
    known = {tuple(str(one.get(part)) for part in _LISTED[name]) for one in mine}
    others = [
        one
        for one in listed
        if isinstance(one, Mapping)
        and tuple(str(one.get(part)) for part in _LISTED[name]) not in known
        and not (name == "extension" and str(one.get("url")).startswith(own_extensions))
    ]
    return [*mine, *others], bool(others)
