"""What stands at a server, and what is to be sent so that what is wanted stands there; sends nothing itself.

What was never sent is not looked for. What is known, and was not changed by anybody as far as that is known, is written over
the version that was seen; the server says if there is another. Everything else is read first, and put together with what is
wanted (see `merging`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from milepost.plugin_api import Context, PluginFailed
from milepost_fhir.connection import Server
from milepost_fhir.links import Link, Links, Ref, packed
from milepost_fhir.merging import Writes, merged
from milepost_fhir.reading import Written, version_of
from milepost_fhir.settings import ServerSettings
from milepost_fhir.transaction import Write

LOOKED_UP = 20
"""Identifiers in one search: an address has its bounds."""
MAX_TOLD = 10
KEEPS = "deletes nothing"
"""What is remembered of a server that does not delete."""


class Wanted(Struct, kw_only=True):
    """A resource as it is to be there; None: it is to be taken away, or, where nothing is deleted, to be `instead`.

    `fresh`: nobody needs to look whether it is there. `if_there`: it is written only over what is.
    """

    ref: Ref
    resource: dict[str, Any] | None
    instead: dict[str, Any] | None = None
    fresh: bool = False
    if_there: bool = False
    tries: int = 0
    there: dict[str, Any] | None = None
    looked: bool = False


class Standing:
    """What is known of the resources at a server, and what stands there where that has to be read.

    `writes` is what we write of each type of resource; `read_back` are the types in which a change by others is taken in.
    """

    def __init__(
        self,
        context: Context[ServerSettings],
        server: Server,
        links: Links,
        writes: Mapping[str, Writes],
        read_back: frozenset[str] = frozenset(),
    ) -> None:
        self._context, self._server, self._links = context, server, links
        self._writes, self._read_back = writes, read_back
        self._base = context.settings.base
        self._told = 0

    def is_to_be_looked_for(self, one: Wanted) -> bool:
        """Whether something has to be read before it can be said what is to be sent."""
        link = self._links.get(one.ref)
        if link is None:
            return not one.fresh
        return not link.id or (one.resource is not None and (not link.version or link.kept or link.unseen))

    async def look(self, wanted: Sequence[Wanted]) -> None:
        """Reads what stands there, by identifiers."""
        by_type: dict[str, list[Wanted]] = {}
        for one in wanted:
            by_type.setdefault(one.ref.type, []).append(one)
        for kind, of_kind in by_type.items():
            for part in parts(of_kind, LOOKED_UP):
                values = ",".join(f"{self._links.system}|{one.ref.value}" for one in part)
                query = [("identifier", values), ("_count", str(2 * LOOKED_UP))]
                there = await self._server.search(kind, query)
                found = {ref.value: one for one in there for ref in self._links.refs_of(one)}
                for one in part:
                    one.looked, one.there = True, found.get(one.ref.value)

    def write_of(self, one: Wanted) -> Write | None:
        """What is to be sent for something; None where it stands there as it should."""
        link = self._links.get(one.ref) or Link()
        if one.looked and one.there is None:
            link = Link(sent=link.sent)
        if one.resource is None:
            place = one.there["id"] if one.there is not None else link.id
            if not place:
                self._links.drop(one.ref)
                return None
            keeps = one.instead is not None and self._context.state.get(KEEPS, False)
            return Write(ref=one.ref, resource=one.instead if keeps else None, id=str(place))
        if one.if_there and not link.id and one.there is None:
            return None
        if one.there is not None:
            return self._put_together(one, one.resource, one.there, link)
        if link.id and not link.sent and link.wrote == packed(self._links.digests(one.resource)):
            return None
        return Write(ref=one.ref, resource=one.resource, id=link.id, version=link.version)

    def _put_together(self, one: Wanted, resource: dict[str, Any], there: dict[str, Any], link: Link) -> Write | None:
        found = merged(there, resource, link, self._links, self._writes[one.ref.type], self._base)
        if found.changed:
            self._tell(one.ref, found.changed, found.kept)
        link.id, link.version, link.kept = str(there["id"]), version_of(there), found.foreign
        link.unseen = link.unseen or (bool(found.kept) and one.ref.type in self._read_back)
        if found.same:
            link.wrote, link.sent = packed(self._links.digests(resource)), ""
        self._links.keep(one.ref, link)
        if found.same:
            return None
        return Write(ref=one.ref, resource=found.resource, id=link.id, version=link.version)

    def _tell(self, ref: Ref, changed: Sequence[str], kept: Sequence[str]) -> None:
        """Says that somebody changed something there; nothing of what it says."""
        self._told += 1
        if self._told > MAX_TOLD:
            return
        names = ", ".join(changed)
        end = "It stays as it is there until you change it here." if kept else "It is as you have it again."
        self._context.log(f"Somebody changed a {ref.type} there that came from here ({names}). {end}")

    def note_leaving(self, one: Wanted, write: Write) -> None:
        """Notes what is about to be sent: whose answer gets lost is known by that."""
        link = self._links.get(one.ref) or Link()
        if write.resource is not None and one.resource is not None:
            link.sent = packed(self._links.digests(one.resource))
        self._links.keep(one.ref, link)

    def note_written(self, one: Wanted, write: Write, written: Written) -> None:
        """Notes what is there now; the version that a server does not say is read when it matters."""
        if one.resource is None:
            self._links.drop(one.ref)
            return
        link = self._links.get(one.ref) or Link()
        link.id, link.version = written.id or write.id, written.version
        link.wrote, link.sent = packed(self._links.digests(one.resource)), ""
        self._links.keep(one.ref, link)

    def note_refused(self, one: Wanted) -> None:
        """Forgets what was about to be sent for the first time, and never will be as it is."""
        link = self._links.get(one.ref)
        if link is not None and not link.id:
            self._links.drop(one.ref)

    async def require(self, person: Ref | None) -> None:
        """Something is gone there. Where the person is, too, the server was emptied, and what is known of it is wrong.

        Raises:
            PluginFailed: it was; says what to do.

        """
        if person is None or self._links.get(person) is None:
            return
        looked_for = Wanted(ref=person, resource=None)
        await self.look([looked_for])
        if looked_for.there is None:
            raise PluginFailed(
                "What was at the FHIR server is not there any more. `milepost connection withdraw` and `resume` begin anew."
            )


def parts(things: Sequence[Any], most: int) -> Iterator[list[Any]]:
    """Things in their order, so many at once."""
    for at in range(0, len(things), most):
        yield list(things[at : at + most])
