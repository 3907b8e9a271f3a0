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
from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from milepost.plugin_api import Answer, Context, Done, Later, PluginFailed, Rejected, retry_after_s
from milepost_fhir.connection import Answer as Said
from milepost_fhir.connection import Server
from milepost_fhir.links import Links, Ref
from milepost_fhir.reading import Bundle, outcome_of, read
from milepost_fhir.settings import ServerSettings
from milepost_fhir.standing import KEEPS, Standing, Wanted, parts
from milepost_fhir.transaction import Write, bundle

MOST = 50
"""Entries in a transaction, until a server says that it is too much."""
MAX_REQUESTS = 120
MAX_S = 200.0
"""In one call, which may take a while longer; what is left then goes in the next."""
TRIES = 3
"""How often something is read again that changes there at this very moment."""
_GONE = {404, 410}
_STALE = {404, 409, 410, 412}
_REFUSED = {400, 404, 405, 409, 410, 412, 413, 415, 422, 501}
_FORBIDDEN, _NAMED = 403, 409
_NO_DELETING = {403, 405, 501}
_MOST = "most"
"""What is remembered of a server: how much it takes at once."""
UNTOUCHED = Done(sent=False)
MUCH = Later("There is much to send: it goes on.", 1.0)
BUSY = Later("It is being changed there at this moment.")

Both = tuple[Wanted, Write]


class Sender:
    """One call's way to the server. `answers` has what became of each resource.

    `types` has the type of each resource that another may name, by the value of its identifier; `person` is the one that all
    is about, where we wrote it.
    """

    def __init__(
        self,
        context: Context[ServerSettings],
        server: Server,
        links: Links,
        standing: Standing,
        types: Mapping[str, str],
        person: Ref | None = None,
    ) -> None:
        self._context, self._server, self._links, self._standing = context, server, links, standing
        self._types, self._person = types, person
        self._until = time.monotonic() + MAX_S
        self._halved: list[list[Both]] = []
        self._named_by_others: list[Both] = []
        self.answers: dict[Ref, Answer] = {}
        self.has_written = False

    async def bring(self, wanted: Sequence[Wanted]) -> None:
        """Has everything there as it is wanted; what raises is about all that has no answer then."""
        for one in wanted:
            self.answers.pop(one.ref, None)
        await self._standing.look([one for one in wanted if self._standing.is_to_be_looked_for(one)])
        pending = self._to_send(wanted)
        for one, write in pending:
            self._standing.note_leaving(one, write)
        if pending:
            await self._context.state.save()
            await self._send(pending)

    def _to_send(self, wanted: Sequence[Wanted]) -> list[Both]:
        """What is to be sent; what stands there as it should has its answer."""
        pending: list[Both] = []
        for one in wanted:
            write = self._standing.write_of(one)
            if write is None:
                self.answers[one.ref] = UNTOUCHED
            else:
                pending.append((one, write))
        return pending

    async def _send(self, pending: Sequence[Both]) -> None:
        most = self._context.state.get(_MOST, MOST)
        queue, largest = deque(parts(pending, most)), 1
        while queue:
            part = queue.popleft()
            if self._server.requests >= MAX_REQUESTS or time.monotonic() > self._until:
                for one, _ in part:
                    self.answers.setdefault(one.ref, MUCH)
                continue
            said = await self._transacted([write for _, write in part])
            if said.status < 300:
                await self._settle(part, read(said.body, Bundle))
                largest = max(largest, len(part))
            else:
                again = await self._again(part, said)
                queue.extendleft(reversed([one for one in again if one]))
            if not queue:
                queue.extend(parts(self._named_by_others, most))
                self._named_by_others = []
        halved = [one for part in self._halved for one, _ in part]
        if halved and all(isinstance(self.answers.get(one.ref), Done) for one in halved):
            self._context.state[_MOST] = largest
        self._halved = []

    async def _transacted(self, writes: Sequence[Write]) -> Said:
        allowed = _REFUSED | {_FORBIDDEN} if any(one.resource is None for one in writes) else _REFUSED
        return await self._server.post(
            bundle(writes, self._links.system, self._links.place, self._types), expect=allowed
        )

    async def _settle(self, part: Sequence[Both], answered: Bundle) -> None:
        """Notes where things are now, and in which version, and stores that: a call may be cut short."""
        if len(answered.entry) != len(part):
            raise PluginFailed("The FHIR server does not say what became of each thing in a transaction.")
        self.has_written = True
        for (one, write), entry in zip(part, answered.entry, strict=True):
            self._standing.note_written(one, write, entry.written)
            self.answers[one.ref] = Done()
        await self._context.state.save()

    async def _again(self, part: list[Both], said: Said) -> list[list[Both]]:
        """What is to be sent again of a transaction that was refused, in how many; what is not has its answer."""
        stale = [one for one, write in part if write.id and write.resource is not None and one.tries < TRIES]
        if said.status in _STALE and stale:
            return [await self._read_again(part, stale)]
        named = set(outcome_of(said.body).entries(len(part)))
        if not named and len(part) > 1:
            self._halved.append(part)
            return [part[: len(part) // 2], part[len(part) // 2 :]]
        rest = [both for at, both in enumerate(part) if at not in named] if named else []
        culprits = [both for at, both in enumerate(part) if at in named] if named else part
        instead = [found for one, write in culprits if (found := await self._given_up(one, write, said)) is not None]
        return [rest, *[[one] for one in instead]]

    async def _read_again(self, part: Sequence[Both], stale: Sequence[Wanted]) -> list[Both]:
        """The same, over what stands there now."""
        for one in stale:
            one.tries += 1
        await self._standing.look(stale)
        if any(one.there is None for one in stale):
            await self._standing.require(self._person)
        anew = {one.ref: write for one, write in self._to_send(stale)}
        refs = {one.ref for one in stale}
        return [(one, anew.get(one.ref, write)) for one, write in part if one.ref in anew or one.ref not in refs]

    async def _given_up(self, one: Wanted, write: Write, said: Said) -> Both | None:
        """What the server never takes: rejected; or, where it is only not to be deleted, what is to stand there instead."""
        if write.resource is None:
            return await self._not_deleted(one, write, said)
        if said.status == _FORBIDDEN:
            raise PluginFailed("The FHIR server lets you in, and not do this (403): it has to give more rights.")
        self.answers[one.ref] = BUSY if said.status == 412 and write.id else Rejected(said.words)
        self._standing.note_refused(one)
        return None

    async def _not_deleted(self, one: Wanted, write: Write, said: Said) -> Both | None:
        if isinstance(self.answers.get(one.ref), Done):
            return None  # it stands there as taken back already
        if said.status in _GONE:
            await self._standing.look([one])
            if one.there is None:
                return next(iter(self._to_send([one])), None)
        if one.instead is None:
            self.answers[one.ref] = Rejected(said.words)
            return None
        if said.status == _NAMED:
            self._named_by_others.append((one, write))
        elif said.status in _NO_DELETING:
            self._context.state[KEEPS] = True
        return one, Write(ref=one.ref, resource=one.instead, id=write.id)


def later(error: Exception, now: datetime) -> Later:
    """What to answer to what is left, where something was done before it went wrong."""
    if isinstance(error, httpx.HTTPStatusError):
        return Later(str(error), retry_after_s(error.response.headers.get("retry-after", ""), now))
    return Later(str(error) or "The FHIR server took too long.")
