"""The folded states of a device's journals: in memory, and written down in its file; caches, since the log counts."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from milepost.device_file import DeviceFile
from milepost.device_snapshot import Begun, Snapshots, packed, unpacked
from milepost.envelope import Event
from milepost.errors import InvalidEvent
from milepost.journal import State, dump_state, load_state, paused_collector, same
from milepost.messages import Cursor

KEEP_STATE_AFTER = 500
"""Events folded on top of a kept state before it is written anew (or a tenth of the log, if that is more)."""
_NONE = (None, None)
Events = Callable[[str, int], Iterator[tuple[int, Event]]]
"""(journal, ordinal) → (ordinal, event) of all of its log after that."""


class Folded(Struct):
    """A state, the ordinal of the last event in it, and the generation of the log that it was folded from."""

    state: State
    ordinal: int
    generation: int


class KeptStates:
    """The table of them, on a device's file, and those in memory."""

    def __init__(self, file: DeviceFile, snapshots: Snapshots, events: Events) -> None:
        self._file = file
        self._snapshots = snapshots
        self._events = events
        self._states: dict[str, Folded] = {}
        self._under: dict[str, tuple[Cursor, State]] = {}
        """What the log under a snapshot adds up to, as far as it has come in."""

    def forget(self, journal: str | None = None) -> None:
        """Drops what is in memory, of one journal or of all."""
        if journal is None:
            self._states.clear()
            self._under.clear()
        else:
            self._states.pop(journal, None)
            self._under.pop(journal, None)

    def current(self, journal: str) -> Folded:
        """What the log adds up to, brought up to date with what another process did."""
        generation = self._file.journal(journal).generation
        cached = self._states.get(journal)
        if cached is None or cached.generation != generation:
            cached = self._states[journal] = self._kept(journal, generation)
        with paused_collector():
            for ordinal, event in self._events(journal, cached.ordinal):
                cached.state.apply(event)
                cached.ordinal = ordinal
        return cached

    def applied(self, journal: str, events: list[Event]) -> None:
        """Folds events just appended into the state in memory, sparing a read of them."""
        cached = self._states[journal]
        with paused_collector():
            for event in events:
                cached.state.apply(event)
        row = self._file.connection.execute(
            # From the end, where they were appended: by an index it would be a walk over the whole log.
            "SELECT ordinal FROM events NOT INDEXED WHERE journal = ? ORDER BY ordinal DESC LIMIT 1",
            (journal,),
        ).fetchone()
        cached.ordinal = max(cached.ordinal, row[0] if row else 0)

    def _kept(self, journal: str, generation: int) -> Folded:
        row = self._file.connection.execute(
            "SELECT ordinal, generation, body FROM states WHERE journal = ?", (journal,)
        ).fetchone()
        if row and row[1] == generation:
            with contextlib.suppress(InvalidEvent):  # it is a cache: where it is damaged, the log counts
                if (state := load_state(unpacked(row[2]))) is not None:
                    return Folded(state, row[0], generation)
        begun = self._snapshots.get(journal)
        if begun is not None:
            return Folded(self._snapshots.state(begun), begun.ordinal, generation)
        return Folded(State(journal), 0, generation)

    def adopt(self, begun: Begun, state: State) -> None:
        """A snapshot was read already: its state is the one that the journal has begun with."""
        self._states[begun.journal] = Folded(state, begun.ordinal, self._file.journal(begun.journal).generation)

    def follow(self, begun: Begun, run: Sequence[Event], known: Cursor) -> None:
        """Folds a run that came in under a snapshot and leads to `known`, while it is in memory, if all before it was.

        What was here before is read for that, if it is no more than the run; else all is read when it is whole.
        """
        at, state = self._under.get(begun.journal, _NONE)
        with paused_collector():
            if state is None or at != begun.known:
                if begun.known.seq > len(run):
                    return
                state = State(begun.journal)
                for ordinal, event in self._events(begun.journal, 0):
                    if ordinal > begun.ordinal:
                        break
                    if 0 < event.seq <= begun.known.seq:
                        state.apply(event)
            for event in run:
                state.apply(event)
        self._under[begun.journal] = known, state

    def under(self, begun: Begun) -> State:
        """What the log under a snapshot adds up to, now that it is whole and has taken the snapshot's place."""
        at, state = self._under.pop(begun.journal, _NONE)
        if state is not None and at == begun.place and not self._snapshots.others(begun):
            return state
        return self.at(begun.journal, begun.ordinal)

    def shows(self, begun: Begun, state: State) -> bool:
        """Whether the journal has had this very state since it began from a snapshot, as far as is known in memory."""
        shown = self._states.get(begun.journal)
        return (
            shown is not None
            and (shown.ordinal, shown.generation) == (begun.ordinal, self._file.journal(begun.journal).generation)
            and same(shown.state, state)
        )

    def purged(self, journal: str) -> None:
        """Words were taken out of the log: nothing made of them is kept but the states that follow it."""
        self._under.pop(journal, None)
        self._file.connection.execute("DELETE FROM states WHERE journal = ?", (journal,))

    def keep(self, journal: str) -> None:
        """Writes the state down when much was folded since the last time, so that opening stays quick."""
        begun = self._snapshots.get(journal)
        if begun is not None and not begun.readable:
            return
        cached = self.current(journal)
        row = self._file.connection.execute(
            "SELECT ordinal, generation FROM states WHERE journal = ?", (journal,)
        ).fetchone()
        kept = row[0] if row and row[1] == cached.generation else begun.ordinal if begun else 0
        if cached.ordinal - kept < max(KEEP_STATE_AFTER, cached.ordinal // 10):
            return
        self._write(journal, cached.ordinal, cached.generation, packed(dump_state(cached.state)))

    def keep_as_written(self, begun: Begun, body: bytes) -> None:
        """The snapshot that the journal began from turned out to be what its log adds up to there: it is kept as it was
        written, which spares writing it anew.
        """
        self._write(begun.journal, begun.ordinal, self._file.journal(begun.journal).generation, body)

    def _write(self, journal: str, ordinal: int, generation: int, body: bytes) -> None:
        self._file.connection.execute(
            "INSERT INTO states VALUES (?, ?, ?, ?) ON CONFLICT (journal) DO UPDATE SET "
            "ordinal = excluded.ordinal, generation = excluded.generation, body = excluded.body",
            (journal, ordinal, generation, body),
        )

    def at(self, journal: str, ordinal: int) -> State:
        """What the log added up to when it ended at `ordinal`; folded anew."""
        begun = self._snapshots.get(journal)
        if begun is not None and begun.ordinal > ordinal:
            begun = None
        state = self._snapshots.state(begun) if begun else State(journal)
        with paused_collector():
            for at, event in self._events(journal, begun.ordinal if begun else 0):
                if at > ordinal:
                    break
                state.apply(event)
        return state
