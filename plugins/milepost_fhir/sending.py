"""Bringing resources to a server in transactions, and taking them away; knows no view and no change.

Theory of operation
-------------------
What is about to leave is noted first, and stored (see `links`). Then it goes in transactions of a bounded size: each is
written whole, or not at all. A transaction that is refused is tried again, whole but for what it was refused for:

- Something changed there meanwhile (412; 409 at some servers, 404 or 410 where it is gone): what stands there is read by
  its identifier, put together with what is to stand there (see `merging`), and that is sent over the version just seen.
- The server names an entry that it will never take: that one is rejected, with the server's words, and the rest goes again.
- It names none: the transaction is halved, until it goes through or one is left, which is rejected. Where in the end nothing
  was rejected, it was the size, and that is remembered.
- Something is not to be deleted there: it is written over, as taken back and without a word. Where that was because others
  name it, it is tried once more in the end.

429, 5xx, no answer and what a token lacks are nobody's fault here: they raise, and what is done by then stays done.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from msgspec import Struct

from milepost.plugin_api import Answer, Context, Done, Later, PluginFailed, Rejected
from milepost_fhir.connection import Answer as Said
from milepost_fhir.connection import Server
from milepost_fhir.links import Link, Links, Ref, packed
from milepost_fhir.merging import Writes, merged
from milepost_fhir.reading import Bundle, Written, outcome_of, read, version_of
from milepost_fhir.settings import ServerSettings
from milepost_fhir.transaction import Write, bundle

MOST = 50
"""Entries in a transaction, until a server says that it is too much."""
MAX_REQUESTS = 120
MAX_S = 200.0
"""In one call, which may take a while longer; what is left then goes in the next."""
TRIES = 3
"""How often something is read again that changes there at this very moment."""
LOOKED_UP = 20
"""Identifiers in one search: an address has its bounds."""
MAX_TOLD = 10
_GONE = {404, 410}
_STALE = {404, 409, 410, 412}
_REFUSED = {400, 404, 405, 409, 410, 412, 413, 415, 422, 501}
_FORBIDDEN, _NAMED = 403, 409
_MOST, _KEEPS = "most", "deletes nothing"
"""What is remembered of a server: how much it takes at once, and that it does not delete."""
UNTOUCHED = Done(sent=False)
MUCH = Later("There is much to send: it goes on.", 1.0)
BUSY = Later("It is being changed there at this moment.")


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


Both = tuple[Wanted, Write]


class Sender:
    """One call's way to the server. `answers` has what became of each resource."""

    def __init__(
        self,
        context: Context[ServerSettings],
        server: Server,
        links: Links,
        writes: Mapping[str, Writes],
        types: Mapping[str, str],
        person: Ref | None = None,
        read_back: frozenset[str] = frozenset(),
    ) -> None:
        self._context, self._server, self._links, self._writes, self._types = context, server, links, writes, types
        self._person, self._read_back = person, read_back
        self._base = context.settings.base
        self._told = 0
        self._until = time.monotonic() + MAX_S
        self._named_by_others: list[Both] = []
        self.answers: dict[Ref, Answer] = {}
        self.has_written = False

    async def bring(self, wanted: Sequence[Wanted]) -> None:
        """Has everything there as it is wanted; what raises is about all that has no answer then."""
        for one in wanted:
            self.answers.pop(one.ref, None)
        await self._look([one for one in wanted if self._is_to_be_looked_for(one)])
        pending = [(one, write) for one in wanted if (write := self._decide(one)) is not None]
        if not pending:
            return
        for one, write in pending:
            self._note_leaving(one, write)
        await self._context.state.save()
        await self._send(pending)

    def _is_to_be_looked_for(self, one: Wanted) -> bool:
        link = self._links.get(one.ref)
        if link is None:
            return not one.fresh
        return not link.id or (one.resource is not None and (not link.version or link.kept or link.unseen))

    async def _look(self, wanted: Sequence[Wanted]) -> None:
        """Reads what stands there, by identifiers."""
        by_type: dict[str, list[Wanted]] = {}
        for one in wanted:
            by_type.setdefault(one.ref.type, []).append(one)
        for kind, of_kind in by_type.items():
            for part in _parts(of_kind, LOOKED_UP):
                values = ",".join(f"{self._links.system}|{one.ref.value}" for one in part)
                query = [("identifier", values), ("_count", str(2 * LOOKED_UP))]
                there = await self._server.search(kind, query)
                found = {ref.value: one for one in there for ref in self._links.refs_of(one)}
                for one in part:
                    one.looked, one.there = True, found.get(one.ref.value)

    def _decide(self, one: Wanted) -> Write | None:
        """What is to be sent for something; None where nothing is, and its answer is there."""
        link = self._links.get(one.ref) or Link()
        if one.looked and one.there is None:
            link = Link(sent=link.sent)
        if one.resource is None:
            place = one.there["id"] if one.there is not None else link.id
            if not place:
                self._links.drop(one.ref)
                self._untouched(one)
                return None
            keeps = one.instead is not None and self._context.state.get(_KEEPS, False)
            return Write(ref=one.ref, resource=one.instead if keeps else None, id=str(place))
        if one.if_there and not link.id and one.there is None:
            self._untouched(one)
            return None
        if one.there is not None:
            return self._put_together(one, one.resource, one.there, link)
        if link.id and not link.sent and link.wrote == packed(self._links.digests(one.resource)):
            self._untouched(one)
            return None
        return Write(ref=one.ref, resource=one.resource, id=link.id, version=link.version)

    def _put_together(self, one: Wanted, resource: dict[str, Any], there: dict[str, Any], link: Link) -> Write | None:
        found = merged(there, resource, link, self._links, self._writes[one.ref.type], self._base)
        if found.changed:
            self._tell(one.ref, found.changed, found.kept)
        link.id, link.version, link.kept = str(there.get("id", "")), version_of(there), found.foreign
        link.unseen = link.unseen or (bool(found.kept) and one.ref.type in self._read_back)
        if found.same:
            link.wrote, link.sent = packed(self._links.digests(resource)), ""
            self._links.keep(one.ref, link)
            self._untouched(one)
            return None
        self._links.keep(one.ref, link)
        return Write(ref=one.ref, resource=found.resource, id=link.id, version=link.version)

    def _answered(self, one: Wanted, answer: Answer) -> None:
        self.answers[one.ref] = answer

    def _untouched(self, one: Wanted) -> None:
        """Nothing is to be sent for it."""
        self._answered(one, UNTOUCHED)

    def _tell(self, ref: Ref, changed: Sequence[str], kept: Sequence[str]) -> None:
        """Says that somebody changed something there; nothing of what it says."""
        self._told += 1
        if self._told > MAX_TOLD:
            return
        names = ", ".join(changed)
        end = "It stays as it is there until you change it here." if kept else "It is as you have it again."
        self._context.log(f"Somebody changed a {ref.type} there that came from here ({names}). {end}")

    def _note_leaving(self, one: Wanted, write: Write) -> None:
        link = self._links.get(one.ref) or Link()
        if write.resource is not None and one.resource is not None:
            link.sent = packed(self._links.digests(one.resource))
        self._links.keep(one.ref, link)

    async def _send(self, pending: Sequence[Both]) -> None:
        most = self._context.state.get(_MOST, MOST)
        queue = deque(_parts(pending, most))
        halved: list[list[Both]] = []
        largest = 1
        while queue:
            part = queue.popleft()
            if self._server.requests >= MAX_REQUESTS or time.monotonic() > self._until:
                for one, _ in part:
                    self.answers.setdefault(one.ref, MUCH)
                continue
            said = await self._transacted([write for _, write in part])
            if said.status < 300:
                await self._settle(part, read(said.body, Bundle))
                await self._context.state.save()
                largest = max(largest, len(part))
            else:
                again = await self._again(part, said)
                halved += [part] if len(again) > 1 and sum(map(len, again)) == len(part) else []
                queue.extendleft(reversed([one for one in again if one]))
            if not queue and self._named_by_others:
                queue.extend(_parts(self._named_by_others, most))
                self._named_by_others = []
        if halved and all(isinstance(self.answers.get(one.ref), Done) for part in halved for one, _ in part):
            self._context.state[_MOST] = largest

    async def _transacted(self, writes: Sequence[Write]) -> Said:
        allowed = _REFUSED | {_FORBIDDEN} if any(one.resource is None for one in writes) else _REFUSED
        return await self._server.post(
            bundle(writes, self._links.system, self._links.place, self._types), expect=allowed
        )

    async def _settle(self, part: Sequence[Both], answered: Bundle) -> None:
        """Notes where things are now, and in which version; what a server does not say is read back when it matters."""
        if len(answered.entry) != len(part):
            raise PluginFailed("The FHIR server does not say what became of each thing in a transaction.")
        self.has_written = True
        for (one, write), entry in zip(part, answered.entry, strict=True):
            if one.resource is None:
                self._links.drop(one.ref)
            else:
                self._note_written(one, write, entry.written)
            self._answered(one, Done())

    def _note_written(self, one: Wanted, write: Write, written: Written) -> None:
        link = self._links.get(one.ref) or Link()
        link.id = written.id or write.id
        link.version = written.version
        link.wrote, link.sent = packed(self._links.digests(one.resource or {})), ""
        self._links.keep(one.ref, link)

    async def _again(self, part: list[Both], said: Said) -> list[list[Both]]:
        """What is to be sent again of a transaction that was refused, in how many; what is not has its answer."""
        stale = [one for one, write in part if write.id and write.resource is not None and one.tries < TRIES]
        if said.status in _STALE and stale:
            for one in stale:
                one.tries += 1
            await self._look(stale)
            if any(one.there is None for one in stale):
                await self._require_person()
            anew = [(one, write if one not in stale else self._decide(one)) for one, write in part]
            return [[(one, write) for one, write in anew if write is not None]]
        named = set(outcome_of(said.body).entries(len(part)))
        if not named and len(part) > 1:
            return [part[: len(part) // 2], part[len(part) // 2 :]]
        rest = [both for at, both in enumerate(part) if at not in named] if named else []
        culprits = [both for at, both in enumerate(part) if at in named] if named else part
        instead = [found for one, write in culprits if (found := await self._given_up(one, write, said)) is not None]
        return [rest, *[[one] for one in instead]]

    async def _require_person(self) -> None:
        """Something is gone there. Where the person is, too, the server was emptied, and what is known of it is wrong."""
        if self._person is not None and self._links.get(self._person) is not None:
            person = Wanted(ref=self._person, resource=None)
            await self._look([person])
            if person.there is None:
                raise PluginFailed(
                    "What was at the FHIR server is not there any more. `milepost connection withdraw` and `resume` begin "
                    "anew."
                )

    async def _given_up(self, one: Wanted, write: Write, said: Said) -> Both | None:
        """What the server never takes: rejected; or, where it is only not to be deleted, what is to stand there instead."""
        if write.resource is None:
            return await self._not_deleted(one, write, said)
        if said.status == _FORBIDDEN:
            raise PluginFailed("The FHIR server lets you in, and not do this (403): it has to give more rights.")
        self._answered(one, BUSY if said.status == 412 and write.id else Rejected(said.words))
        link = self._links.get(one.ref)
        if link is not None and not link.id:
            self._links.drop(one.ref)
        return None

    async def _not_deleted(self, one: Wanted, write: Write, said: Said) -> Both | None:
        if isinstance(self.answers.get(one.ref), Done):
            return None  # it stands there as taken back already
        if said.status in _GONE:
            await self._look([one])
            if one.there is None:
                self._links.drop(one.ref)
                self._untouched(one)
                return None
        if one.instead is None:
            self._answered(one, Rejected(said.words))
            return None
        if said.status == _NAMED:
            self._named_by_others.append((one, write))
        else:
            self._context.state[_KEEPS] = True
        return one, Write(ref=one.ref, resource=one.instead, id=write.id)


def _parts(things: Sequence[Any], most: int) -> Iterator[Any]:
    for at in range(0, len(things), most):
        yield list(things[at : at + most])


def later(error: Exception) -> Later:
    """What to answer to what is left, where something was done before it went wrong."""
    if isinstance(error, httpx.HTTPStatusError):
        wait = error.response.headers.get("retry-after", "")
        return Later(str(error), float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 9 else 0.0)
    return Later(str(error) or "The FHIR server took too long.")
