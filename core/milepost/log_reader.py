"""Reading the logs of many journals, on any engine; knows nothing of writing to them.

Old events may lie in archives. Whoever reads a log does not notice: a page that begins in one ends with it. What is
moved into an archive meanwhile is looked for in `events` first, and so is found in one place or the other.
"""

from collections.abc import Sequence

from milepost.archiving import Archive, unpack
from milepost.database import Database, Query
from milepost.envelope import genesis_chain
from milepost.errors import StorageDamaged
from milepost.sql_scripts import statements
from milepost.store import Head, Page

_SQL = statements("milepost", "log.sql")


class LogReader:
    """The part of a `LogStore` that reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self, journal: str) -> Head:
        rows = await self._database.read(Query(_SQL["head"], {"journal": journal}))
        return Head(*rows[0]) if rows else Head(0, genesis_chain(journal))

    async def read(self, journal: str, after: int, *, limit: int, max_bytes: int) -> Page:
        rows = await self._database.read(Query(_SQL["page"], {"journal": journal, "after": after, "limit": limit + 1}))
        if rows and rows[0][0] != after + 1:
            return await self._archived_page(journal, after, limit, max_bytes)
        taken = _fitting([row[1] for row in rows[:limit]], max_bytes)
        if not taken:
            chain = (await self.chains(journal, [after])).get(after)
            return Page([], Head(after, chain) if chain is not None else await self.head(journal), more=False)
        end = Head(after + taken, rows[taken - 1][2])
        return Page([row[1] for row in rows[:taken]], end, more=taken < len(rows))

    async def _archived_page(self, journal: str, after: int, limit: int, max_bytes: int) -> Page:
        archive = await self._archive_with(journal, after + 1)
        if archive is None:
            raise StorageDamaged(f"Event {after + 1} of journal {journal} is not there: run `milepost verify`.")
        bodies = archive.bodies[after + 1 - archive.first :][:limit]
        bodies = bodies[: _fitting(bodies, max_bytes)]
        seq = after + len(bodies)
        return Page(bodies, Head(seq, archive.chain_at(journal, seq)), more=True)

    async def _archive_with(self, journal: str, seq: int) -> Archive | None:
        rows = await self._database.read(Query(_SQL["archive_with"], {"journal": journal, "seq": seq}))
        return unpack(journal, rows[0]) if rows else None

    async def chains(self, journal: str, seqs: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        archive: Archive | None = None
        for seq in seqs:
            if seq == 0:
                found[0] = genesis_chain(journal)
            elif rows := await self._database.read(Query(_SQL["chain_at"], {"journal": journal, "seq": seq})):
                found[seq] = rows[0][0]
            else:
                if archive is None or not archive.first <= seq <= archive.last:
                    archive = await self._archive_with(journal, seq)
                if archive is not None:
                    found[seq] = archive.chain_at(journal, seq)
        return found


def _fitting(bodies: Sequence[bytes], max_bytes: int) -> int:
    """How many bodies from the first on are no more than `max_bytes`, but at least one where there is one."""
    size = 0
    for count, body in enumerate(bodies):
        size += len(body)
        if count and size > max_bytes:
            return count
    return len(bodies)
