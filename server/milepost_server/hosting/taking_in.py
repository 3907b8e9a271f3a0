"""Taking in what a connection brings from outside, as a device of its member's; knows no schedule and no HTTP.

An entry is written by itself, on the log as it stands at that moment. One that breaks a rule is named in the
connection's log, and the others are taken. What an entry says is outside already, so it is not sent there again: it is
noted as delivered, as far as it is known to be what the other side has.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from milepost.database import Database, Query
from milepost.errors import InvalidEvent, InvalidInput, MilepostError, NotAllowed, NotFound
from milepost.events import Draft
from milepost.inbound import Source, Taken, proposed, take
from milepost.journal import State
from milepost.plugin_api import VIEWS, Entry, View
from milepost.projection import Grant, digest, project_entity, veil
from milepost.sql_scripts import statements
from milepost.views.recurrence import zone_of
from milepost_server.access import Admitted
from milepost_server.hosting.connections import Delivered, Kept
from milepost_server.hosting.planning import Ref
from milepost_server.journals import Journals

_SQL = statements("milepost_server", "server.sql")
MAX_NAMED = 10
"""Entries that were not taken and are named one by one."""

Line = tuple[str, str, str, int]


class TakenIn:
    """What became of entries: what to note as delivered, and lines for the connection's log."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.refused: list[str] = []
        self.delivered: dict[Ref, Delivered] = {}

    def lines(self) -> list[Line]:
        """What a person may want to know of it."""
        told = {name: count for name, count in self.outcomes.items() if name != "nothing"}
        words = ", ".join(f"{count} {name}" for name, count in sorted(told.items()))
        taken = [("took in", words, "", sum(told.values()))] if told else []
        return [*taken, *(("not taken", words, "", 1) for words in self.refused[:MAX_NAMED])]


class Intake:
    """Writes entries to a journal for one connection."""

    def __init__(self, database: Database, journals: Journals, kept: Kept, by: Admitted, now_ms: int) -> None:
        self._database, self._journals, self._kept, self._by, self._now_ms = database, journals, kept, by, now_ms

    async def take(self, entries: Sequence[Entry], outside: dict[Ref, Delivered] | None = None) -> TakenIn:
        """Writes what is to be written; `outside` is what is known to be there, for a connector."""
        result = TakenIn()
        source = await self._source()
        for entry in entries:
            try:
                await self._one(entry, source, outside, result)
            except (InvalidEvent, InvalidInput, NotFound, NotAllowed) as error:
                result.outcomes["not taken"] += 1
                result.refused.append(_named(entry, error))
            except (TypeError, ValueError, KeyError, AttributeError):
                # Fields of a kind that no event has: whatever a plugin may give.
                result.outcomes["not taken"] += 1
                result.refused.append(_named(entry, "its fields are not of the kinds that they should be"))
        return result

    async def _source(self) -> Source:
        rows = await self._database.read(Query(_SQL["writers_of"], {"account": self._kept.account}))
        own = {device for paired, device in rows if paired == self._kept.uid}
        state = (await self._journals.state(self._kept.journal)).state
        zone = zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC")
        today = datetime.fromtimestamp(self._now_ms / 1000, zone).date().isoformat()
        return Source(name=self._kept.connection, is_own=lambda device, _: device in own, today=today)

    async def _one(self, entry: Entry, source: Source, outside: dict[Ref, Delivered] | None, result: TakenIn) -> None:
        found: list[tuple[Taken, View | None]] = []

        def decide(state: State) -> Sequence[Draft]:
            taken = take(state, entry, source)
            found[:] = [(taken, self._shown(state, taken))]
            return taken.drafts

        def suggest(state: State) -> Sequence[Draft]:
            taken = found[0][0]
            found[:] = [(proposed(state, taken.kind, taken.id, dict(taken.fields), source), None)]
            return found[0][0].drafts

        try:
            await self._journals.write(self._kept.journal, self._by, decide, self._now_ms)
        except NotAllowed:
            if found[0][0].outcome != "changed":
                raise
            await self._journals.write(self._kept.journal, self._by, suggest, self._now_ms)
        taken, before = found[0]
        result.outcomes[taken.outcome] += 1
        if outside is not None:
            result.delivered |= confirmed(self._kept, taken, before, outside, self._now_ms)

    def _shown(self, state: State, taken: Taken) -> View | None:
        return project_entity(state, taken.kind, taken.id, self._kept.grant)  # type: ignore[arg-type]


def confirmed(
    kept: Kept, taken: Taken, before: View | None, outside: dict[Ref, Delivered], now_ms: int
) -> dict[Ref, Delivered]:
    """What is outside of an entity after an entry about it: what was there, with the entry's fields.

    Known only where what was there is known: it was as the journal had it before, or the entry is all there is. Where the
    entry's fields did not come into the journal, what is outside is another than here, and is to be looked at soon.
    """
    ref, known = (taken.kind, taken.id), outside.get((taken.kind, taken.id))
    if taken.outcome == "made":
        view = _with(VIEWS[taken.kind], taken, None, kept.grant)  # type: ignore[index]
        made = Delivered(generation=kept.progress.generation, digest="", at=now_ms)
        return {ref: replace(made, digest=digest(view).hex())} if view is not None else {}
    if known is None:
        return {}
    if taken.outcome == "proposed" or (taken.outcome == "nothing" and not taken.fields):
        return {ref: replace(known, digest="", wake_at=now_ms)}
    if taken.outcome == "changed" and before is not None and known.digest == digest(before).hex():
        view = _with(type(before), taken, before, kept.grant)
        return {ref: replace(known, digest=digest(view).hex(), at=now_ms)} if view is not None else {}
    return {}


def _with(cls: type[View], taken: Taken, before: View | None, grant: Grant) -> View | None:
    fields: dict[str, Any] = {name: value for name, value in taken.fields.items() if name in cls.__struct_fields__}
    if fields.get("status") == "reached":
        fields["progress"] = 100
    try:
        view: View = replace(before, **fields) if before else cls(id=taken.id, **fields)
    except TypeError:  # what it can't do without is not among the fields
        return None
    return veil(view, grant)


def _named(entry: Entry, why: MilepostError | str) -> str:
    name = getattr(entry, "external_id", None) or getattr(entry, "id", "")
    return f"{entry.kind} {name}: {why}"
