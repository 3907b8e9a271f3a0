"""A device's SQLite file: settings, journals, log, outbox, quarantine, folded states; knows no network and no rule of sync.

Every change happens inside `transaction`, which holds the file for writing: two processes on one folder take turns, and
a state kept in memory is brought up to date with what the other one did.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from milepost.branch import Held
from milepost.database import open_sqlite, scrub, storage_error, words_gone
from milepost.device_snapshot import Begun, Snapshots, packed, unpacked
from milepost.envelope import MAX_COUNTER, Event, Seen, decode_event, encode_event, genesis_chain, salted_digest
from milepost.errors import HistoryPartial, InvalidEvent, NotFound
from milepost.events import RedactionMade, redacted
from milepost.journal import State, dump_state, load_state, paused_collector
from milepost.messages import MAX_PUSH_BYTES, MAX_PUSH_EVENTS, Cursor
from milepost.schema import migrate, migrations

SCHEMA = migrations("milepost", "device")
KEEP_STATE_AFTER = 500
"""Events folded on top of a kept state before it is written anew (or a tenth of the log, if that is more)."""
_PAGE = 5_000
_WORDLESS = "wordless"
"""A setting that says, for a journal, that events came without their words."""


class JournalRow(Struct, frozen=True, kw_only=True):
    """A journal on this device: its writing id there, how far the server's log is known, whether a server has it."""

    journal: str
    device: str
    cursor: Cursor
    claimed: bool
    private: bool
    generation: int


class Rejected(Struct, frozen=True, kw_only=True):
    """An own event that a server refused for good, kept to be looked at and written again."""

    journal: str
    reason: str
    event: Event


class _Cached(Struct):
    state: State
    ordinal: int
    generation: int


class DeviceLog:
    """One device's file."""

    def __init__(self, path: Path) -> None:
        """Opens or creates it.

        Raises:
            StorageDamaged: not such a file, or from a newer version.
            StorageFull: no room.

        """
        self.path = path
        self._sql = open_sqlite(path)
        self.snapshots = Snapshots(self._sql)
        self._states: dict[str, _Cached] = {}
        self._purged = False
        try:
            migrate(self._sql, "device", SCHEMA)
        except sqlite3.Error as error:
            self._sql.close()
            raise storage_error(error, path) from error
        with contextlib.suppress(sqlite3.Error):
            scrub(self._sql)

    def close(self) -> None:
        self._sql.close()

    @property
    def connection(self) -> sqlite3.Connection:
        return self._sql

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is done inside; durable when it ends. Inside another one, part of that."""
        if self._sql.in_transaction:
            yield
            return
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            yield
            self._sql.execute("COMMIT")
            if self._purged:
                self._purged = False
                with contextlib.suppress(sqlite3.Error):
                    scrub(self._sql)
        except BaseException as error:
            self._states.clear()
            if self._sql.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._sql.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise storage_error(error, self.path) from error
            raise

    # Settings

    def setting(self, name: str) -> str | None:
        """One setting, or None."""
        row = self._sql.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str | None) -> None:
        """Keeps a setting; None removes it."""
        if value is None:
            self._sql.execute("DELETE FROM settings WHERE name = ?", (name,))
        else:
            self._sql.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    # Journals

    def journals(self) -> list[JournalRow]:
        """Every journal on this device, the oldest first."""
        return [_journal_row(row) for row in self._sql.execute(f"SELECT {_JOURNAL} FROM journals ORDER BY rowid")]

    def journal(self, journal: str) -> JournalRow:
        """One journal.

        Raises:
            NotFound: not on this device.

        """
        row = self._sql.execute(f"SELECT {_JOURNAL} FROM journals WHERE journal = ?", (journal,)).fetchone()
        if row is None:
            raise NotFound(
                f"There is no journal {journal} on this device. `milepost journal list` shows those there are."
            )
        return _journal_row(row)

    def add_journal(self, journal: str, device: str, *, claimed: bool, private: bool) -> None:
        """A journal begins here, with nothing in it."""
        self._sql.execute(
            "INSERT INTO journals VALUES (?, ?, 0, ?, ?, ?, 0)",
            (journal, device, genesis_chain(journal).hex(), int(claimed), int(private)),
        )

    def remove_journal(self, journal: str) -> None:
        """Forgets a journal whose events were moved elsewhere."""
        for table in ("events", "quarantine", "states", "snapshots", "journals"):
            self._sql.execute(f"DELETE FROM {table} WHERE journal = ?", (journal,))
        self._states.pop(journal, None)

    def set_claimed(self, journal: str, *, private: bool) -> None:
        """A server has this journal now."""
        self._sql.execute("UPDATE journals SET claimed = 1, private = ? WHERE journal = ?", (int(private), journal))

    def set_device(self, journal: str, device: str) -> None:
        """From now on this device writes to the journal under another id."""
        self._sql.execute("UPDATE journals SET device = ? WHERE journal = ?", (device, journal))

    def set_cursor(self, journal: str, cursor: Cursor) -> None:
        """How far the server's log is known here."""
        self._sql.execute(
            "UPDATE journals SET cursor_seq = ?, cursor_chain = ? WHERE journal = ?",
            (cursor.seq, cursor.chain, journal),
        )

    def bump(self, journal: str) -> None:
        """Says that events already in the log changed: every kept state of it is stale."""
        self._sql.execute("UPDATE journals SET generation = generation + 1 WHERE journal = ?", (journal,))
        self._states.pop(journal, None)

    # The log

    def add(self, journal: str, event: Event, *, confirmed: bool) -> None:
        self.add_many(journal, [(event, None)], confirmed=confirmed)

    def add_many(self, journal: str, events: list[tuple[Event, bytes | None]], *, confirmed: bool) -> None:
        """Appends events in causal order; one that comes from a server has its place and chain value."""
        self._sql.executemany(
            "INSERT INTO events (journal, device, n, seq, chain, confirmed, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(journal, e.device, e.n, e.seq or None, chain, int(confirmed), encode_event(e)) for e, chain in events],
        )

    def find(self, journal: str, device: str, n: int) -> Event | None:
        """One event, or None."""
        row = self._sql.execute(
            "SELECT body FROM events WHERE journal = ? AND device = ? AND n = ?", (journal, device, n)
        ).fetchone()
        return decode_event(row[0]) if row else None

    def place(self, journal: str, event: Event, chain: bytes | None) -> None:
        """An event that is here already has its place on the server now (0: again none)."""
        self._sql.execute(
            "UPDATE events SET seq = ?, chain = ?, confirmed = 1, body = ? WHERE journal = ? AND device = ? AND n = ?",
            (event.seq or None, chain, encode_event(event), journal, event.device, event.n),
        )

    def unplace(self, journal: str, after: int, to: int) -> int:
        """Forgets the places of all events with a `seq` above `after` and up to `to`; the events stay. Returns how many."""
        return self._sql.execute(
            "UPDATE events SET seq = NULL, chain = NULL WHERE journal = ? AND seq > ? AND seq <= ?",
            (journal, after, to),
        ).rowcount

    def placed_to(self, journal: str) -> int:
        """The last `seq` that an event here is said to have, 0 for none."""
        row = self._sql.execute("SELECT MAX(seq) FROM events WHERE journal = ?", (journal,)).fetchone()
        return row[0] or 0

    def purge(self, journal: str, of: RedactionMade) -> None:
        """Takes the words out of an event, wherever this file has them."""
        self.snapshots.purge(journal, of)
        self.purge_events(journal, [of])

    def purge_events(self, journal: str, redactions: Iterable[RedactionMade]) -> None:
        """The same, but for the snapshot that the journal began from: that one has been without them all along."""
        self._sql.execute("DELETE FROM states WHERE journal = ?", (journal,))
        for of in redactions:
            for table in ("events", "quarantine"):
                named = (journal, of.device, of.n)
                row = self._sql.execute(
                    f"SELECT body FROM {table} WHERE journal = ? AND device = ? AND n = ?", named
                ).fetchone()
                held = decode_event(row[0]) if row else None
                if held is not None and salted_digest(held) == of.digest:
                    self._sql.execute(
                        f"UPDATE {table} SET body = ? WHERE journal = ? AND device = ? AND n = ?",
                        (encode_event(redacted(held, of)), *named),
                    )
        words_gone(self._sql)
        self._purged = True

    def note_wordless(self, journal: str, run: Iterable[Event]) -> None:
        """Keeps in mind whether any of these came without its words: who took them may come later, or never."""
        if any(event.data_digest for event in run):
            self.set(f"{_WORDLESS} {journal}", "1")

    def wordless(self, journal: str) -> list[Event]:
        """The events here without their words, if any came since this was last asked; within a transaction."""
        if self.setting(f"{_WORDLESS} {journal}") is None:
            return []
        self.set(f"{_WORDLESS} {journal}", None)
        rows = self._sql.execute(
            "SELECT body FROM events WHERE journal = ? AND instr(body, ?) > 0 ORDER BY ordinal",
            (journal, b'"data_digest":'),
        )
        return [event for (body,) in rows if (event := decode_event(body)).data_digest]

    def remove(self, journal: str, device: str, first: int) -> None:
        """Takes one device's events out, from counter `first` on: they are written again under another name."""
        self._sql.execute("DELETE FROM events WHERE journal = ? AND device = ? AND n >= ?", (journal, device, first))

    def rewrite(self, journal: str, event: Event) -> None:
        """Changes the body of an event that was never sent."""
        self._sql.execute(
            "UPDATE events SET body = ? WHERE journal = ? AND device = ? AND n = ? AND confirmed = 0",
            (encode_event(event), journal, event.device, event.n),
        )

    def events(self, journal: str, after: int = 0) -> Iterator[tuple[int, Event]]:
        """(ordinal, event) of the whole log, in the order they were applied here."""
        while True:
            rows = self._sql.execute(
                # In the order of the table: by an index of the journal's, every page would be a sort of the whole log.
                "SELECT ordinal, seq, body FROM events NOT INDEXED WHERE journal = ? AND ordinal > ? "
                "ORDER BY ordinal LIMIT ?",
                (journal, after, _PAGE),
            ).fetchall()
            for ordinal, seq, body in rows:
                event = decode_event(body)
                # A place that was forgotten still stands in the body, which is never encoded anew without need.
                yield ordinal, event if seq or not event.seq else replace(event, seq=0)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def history(self, journal: str) -> list[Event]:
        """The whole log, in the order in which it was applied here.

        Raises:
            HistoryPartial: the journal began from a snapshot, and not all of the log is here yet.

        """
        begun = self.snapshots.get(journal)
        if begun is not None:
            raise HistoryPartial(
                f"This needs the journal's whole history, and only {begun.known.seq} of the first {begun.place.seq} "
                "events are on this device yet. `milepost sync` fetches the rest."
            )
        return [event for _, event in self.events(journal)]

    def end(self, journal: str) -> int:
        """The last ordinal of the log: it grows with every event that comes in, and with none else."""
        row = self._sql.execute("SELECT MAX(ordinal) FROM events WHERE journal = ?", (journal,)).fetchone()
        return row[0] or 0

    def state_at(self, journal: str, ordinal: int) -> State:
        """What the log added up to when it ended at `ordinal`; folded anew."""
        begun = self.snapshots.get(journal)
        if begun is not None and begun.ordinal > ordinal:
            begun = None
        state = self.snapshots.state(begun) if begun else State(journal)
        with paused_collector():
            for at, event in self.events(journal, begun.ordinal if begun else 0):
                if at > ordinal:
                    break
                state.apply(event)
        return state

    def by_device(self, journal: str, device: str) -> list[tuple[Event, bool]]:
        """(event, confirmed) of one device, counting up."""
        rows = self._sql.execute(
            "SELECT body, confirmed FROM events WHERE journal = ? AND device = ? ORDER BY n", (journal, device)
        )
        return [(decode_event(body), bool(confirmed)) for body, confirmed in rows]

    def unsent(self, journal: str, limit: int = MAX_PUSH_EVENTS, max_bytes: int = MAX_PUSH_BYTES) -> list[Event]:
        """The next events of the outbox, within the limits of one push."""
        rows = self._sql.execute(
            "SELECT body FROM events WHERE journal = ? AND confirmed = 0 ORDER BY ordinal LIMIT ?", (journal, limit)
        )
        return _within(((0, decode_event(body), len(body)) for (body,) in rows), max_bytes, limit)[1]

    def unsent_count(self, journal: str) -> int:
        """How many events no server has confirmed."""
        row = self._sql.execute(
            "SELECT COUNT(*) FROM events WHERE journal = ? AND confirmed = 0", (journal,)
        ).fetchone()
        return int(row[0])

    def unplaced(self, journal: str, after: int) -> list[tuple[int, Event]]:
        """(ordinal, event) a server confirmed once and has no place now: one push of a repair."""
        rows = self._sql.execute(
            "SELECT ordinal, body FROM events WHERE journal = ? AND seq IS NULL AND confirmed = 1 AND ordinal > ? "
            "ORDER BY ordinal",
            (journal, after),
        )
        events = ((ordinal, decode_event(body), len(body)) for ordinal, body in rows)
        ordinals, taken = _within(events, MAX_PUSH_BYTES, MAX_PUSH_EVENTS)
        return list(zip(ordinals, taken, strict=True))

    def held(self, journal: str) -> tuple[dict[str, Seen], Iterator[Held]]:
        """The log in the order it was applied here, with where each event stands, and the contexts that it goes on from:
        those of the snapshot, where it begins with one.
        """
        begun = self.snapshots.get(journal)
        before = self.snapshots.as_it_was(begun) if begun else None
        known = before.devices if before else {}
        rows = self._sql.execute(
            "SELECT body, confirmed, seq IS NOT NULL FROM events NOT INDEXED WHERE journal = ? AND ordinal > ? "
            "ORDER BY ordinal",
            (journal, begun.ordinal if begun else 0),
        )
        held = (Held(decode_event(body), bool(confirmed), bool(placed)) for body, confirmed, placed in rows)
        return {device: progress.seen for device, progress in known.items()}, held

    def confirmed_counter(self, journal: str, device: str) -> int:
        """The highest counter of `device` that a server confirmed, 0 for none."""
        row = self._sql.execute(
            "SELECT MAX(n) FROM events WHERE journal = ? AND device = ? AND confirmed = 1", (journal, device)
        ).fetchone()
        return row[0] or 0

    def chain_at(self, journal: str, seq: int) -> str:
        """The chain value (hexadecimal) at a place of the server's log as known here; empty where it is not."""
        if seq == 0:
            return genesis_chain(journal).hex()
        row = self._sql.execute("SELECT chain FROM events WHERE journal = ? AND seq = ?", (journal, seq)).fetchone()
        if row and row[0]:
            return str(row[0].hex())
        begun = self.snapshots.get(journal)
        return begun.place.chain if begun and begun.place.seq == seq else ""

    def doubt(self, journal: str) -> None:
        """Forgets every place: the next sync compares with the server's log from the beginning. No event is lost."""
        with self.transaction():
            self.unplace(journal, 0, MAX_COUNTER)
            self.set_cursor(journal, Cursor(0, genesis_chain(journal).hex()))
            self.bump(journal)

    def forget_state(self, journal: str) -> None:
        """Drops the kept state, which is worked out anew from the log when it is next asked for."""
        with self.transaction():
            self._sql.execute("DELETE FROM states WHERE journal = ?", (journal,))
            self.bump(journal)

    # Quarantine

    def set_apart(self, journal: str, event: Event, reason: str) -> None:
        """Keeps an own event that a server rejected."""
        self._sql.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?) ON CONFLICT (journal, device, n) DO NOTHING",
            (journal, event.device, event.n, reason, encode_event(event)),
        )

    def rejected(self, journal: str) -> list[Rejected]:
        """What a server rejected, the oldest first."""
        rows = self._sql.execute("SELECT reason, body FROM quarantine WHERE journal = ? ORDER BY rowid", (journal,))
        return [Rejected(journal=journal, reason=reason, event=decode_event(body)) for reason, body in rows]

    # States

    def state(self, journal: str) -> State:
        """What the log adds up to, current. It is shared: look, don't change."""
        with self._reading():
            return self._current(journal).state

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """One view of the file over several queries, whatever another process does meanwhile."""
        if self._sql.in_transaction:
            yield
            return
        self._sql.execute("BEGIN")
        try:
            yield
        finally:
            self._sql.execute("COMMIT")

    def _current(self, journal: str) -> _Cached:
        generation = self.journal(journal).generation
        cached = self._states.get(journal)
        if cached is None or cached.generation != generation:
            cached = self._states[journal] = self._kept(journal, generation)
        with paused_collector():
            for ordinal, event in self.events(journal, cached.ordinal):
                cached.state.apply(event)
                cached.ordinal = ordinal
        return cached

    def applied(self, journal: str, events: list[Event]) -> None:
        """Folds events just appended into the state in memory, sparing a read of them."""
        cached = self._states[journal]
        with paused_collector():
            for event in events:
                cached.state.apply(event)
        row = self._sql.execute("SELECT MAX(ordinal) FROM events WHERE journal = ?", (journal,)).fetchone()
        cached.ordinal = row[0]

    def _kept(self, journal: str, generation: int) -> _Cached:
        row = self._sql.execute("SELECT ordinal, generation, body FROM states WHERE journal = ?", (journal,)).fetchone()
        if row and row[1] == generation:
            with contextlib.suppress(InvalidEvent):  # it is a cache: where it is damaged, the log counts
                if (state := load_state(unpacked(row[2]))) is not None:
                    return _Cached(state, row[0], generation)
        begun = self.snapshots.get(journal)
        if begun is not None:
            return _Cached(self.snapshots.state(begun), begun.ordinal, generation)
        return _Cached(State(journal), 0, generation)

    def adopt(self, begun: Begun, state: State) -> None:
        """A snapshot was read already: its state is the one that the journal has begun with."""
        self._states[begun.journal] = _Cached(state, begun.ordinal, self.journal(begun.journal).generation)

    def keep_state(self, journal: str) -> None:
        """Writes the state down when much was folded since the last time, so that opening stays quick."""
        begun = self.snapshots.get(journal)
        if begun is not None and not begun.readable:
            return
        cached = self._current(journal)
        row = self._sql.execute("SELECT ordinal, generation FROM states WHERE journal = ?", (journal,)).fetchone()
        kept = row[0] if row and row[1] == cached.generation else begun.ordinal if begun else 0
        if cached.ordinal - kept < max(KEEP_STATE_AFTER, cached.ordinal // 10):
            return
        self._sql.execute(
            "INSERT INTO states VALUES (?, ?, ?, ?) ON CONFLICT (journal) DO UPDATE SET "
            "ordinal = excluded.ordinal, generation = excluded.generation, body = excluded.body",
            (journal, cached.ordinal, cached.generation, packed(dump_state(cached.state))),
        )


_JOURNAL = "journal, device, cursor_seq, cursor_chain, claimed, private, generation"


def _journal_row(row: tuple[str, str, int, str, int, int, int]) -> JournalRow:
    journal, device, seq, chain, claimed, private, generation = row
    return JournalRow(
        journal=journal,
        device=device,
        cursor=Cursor(seq, chain),
        claimed=bool(claimed),
        private=bool(private),
        generation=generation,
    )


def _within(rows: Iterator[tuple[int, Event, int]], max_bytes: int, max_events: int) -> tuple[list[int], list[Event]]:
    """The first rows that fit one push; always at least one."""
    ordinals: list[int] = []
    events: list[Event] = []
    size = 0
    for ordinal, event, length in rows:
        size += length + 1
        if events and (size > max_bytes * 9 // 10 or len(events) >= max_events):
            break
        ordinals.append(ordinal)
        events.append(event)
    return ordinals, events
