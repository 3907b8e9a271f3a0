"""Journals on a device that began from a server's snapshot: the state they began with, and the log that comes in under it.

Theory of operation
-------------------
A log on a device is read by `ordinal`, the order in which events were applied. A snapshot made at `seq` S takes the
next S ordinals, one for each event that it stands for, and all that comes later stands behind those. So the log under
it can come in at any time, in any number of pieces, and once it is whole it is in order, as if it had come first. Until
then the state is the snapshot's and what stands behind it. Knows no network, and decides nothing.
"""

import sqlite3

import msgspec
import zstandard
from msgspec import Struct

from milepost.envelope import Seen, genesis_chain
from milepost.errors import HistoryPartial, InvalidEvent
from milepost.events import RedactionMade, is_known
from milepost.journal import FOLD_VERSION, State, dump_state, load_state
from milepost.messages import Cursor, Snapshot

LEVEL = 1
MAX_STATE_BYTES = 2**31
"""Far above any state; what claims to be more is not one."""


_decode_waiting = msgspec.json.Decoder(list[tuple[str, int]]).decode


def packed(state: bytes) -> bytes:
    """A written state as it is kept in a file: an eighth of its size, with a checksum, so that damage is noticed."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(state)


def unpacked(body: bytes) -> bytes:
    """The written state; those of earlier versions are kept as they are.

    Raises:
        InvalidEvent: it is none.

    """
    if body.startswith(b"{"):
        return body
    try:
        return zstandard.ZstdDecompressor().decompress(body, MAX_STATE_BYTES)
    except zstandard.ZstdError as error:
        raise InvalidEvent(f"This is not a kept state: {error}.") from error


class Begun(Struct, frozen=True, kw_only=True):
    """A snapshot that a journal began from. `known` is how far the log under it is here."""

    journal: str
    place: Cursor
    known: Cursor
    ordinal: int
    fold: int
    state_hash: str
    waiting: list[tuple[str, int]]
    """(type, version) of the events that are not folded into it, because who wrote it could not read them."""

    @property
    def readable(self) -> bool:
        """Whether it is what this version would have folded."""
        return self.fold == FOLD_VERSION and not any(is_known(name, v) for name, v in self.waiting)


class Snapshots:
    """The table of them, on a device's file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def get(self, journal: str) -> Begun | None:
        """What the journal began from, or None where its log is whole."""
        row = self._sql.execute(
            "SELECT seq, chain, known_seq, known_chain, ordinal, fold, state_hash, waiting FROM snapshots "
            "WHERE journal = ?",
            (journal,),
        ).fetchone()
        if row is None:
            return None
        seq, chain, known_seq, known_chain, ordinal, fold, hashed, waiting = row
        return Begun(
            journal=journal,
            place=Cursor(seq, chain),
            known=Cursor(known_seq, known_chain),
            ordinal=ordinal,
            fold=fold,
            state_hash=hashed,
            waiting=_decode_waiting(waiting),
        )

    def state(self, begun: Begun) -> State:
        """The state that the journal began with.

        Raises:
            HistoryPartial: another version of Milepost wrote it, so that the log is needed.

        """
        state = None
        if begun.readable:
            state = load_state(unpacked(self.body(begun)))
        if state is None:
            raise HistoryPartial(
                "This journal was begun with another version of Milepost and is not whole yet. Nothing is lost: "
                "`milepost sync` fetches the rest, and then it can be read and written to."
            )
        return state

    def as_it_was(self, begun: Begun) -> State | None:
        """The same as far as it was folded; None where that was by other rules."""
        if begun.fold != FOLD_VERSION:
            return None
        body = self.body(begun)
        return load_state(unpacked(body), whole=False) if body else None

    def body(self, begun: Begun) -> bytes:
        """The same as it is written down: `packed`, or nothing where words had to be taken out that nobody here can read."""
        row = self._sql.execute("SELECT body FROM snapshots WHERE journal = ?", (begun.journal,)).fetchone()
        return bytes(row[0])

    def purge(self, journal: str, of: RedactionMade) -> None:
        """Takes the words of an event out of the state that the journal began with."""
        begun = self.get(journal)
        if begun is None:
            return
        left = b""  # nobody here can read what another version wrote
        state = self.as_it_was(begun)
        if state is not None:
            state.take_out(of)
            left = packed(dump_state(state))
        self._sql.execute("UPDATE snapshots SET body = ? WHERE journal = ?", (left, journal))

    def progress(self, journal: str, device: str) -> tuple[int, Seen]:
        """A device's counter and context, as far as they are known only from a snapshot: nothing where a log is whole."""
        begun = self.get(journal)
        found = self.state(begun).devices.get(device) if begun else None
        return (found.n, found.seen) if found else (0, {})

    def begin(self, journal: str, snapshot: Snapshot, state: State, known: Cursor) -> None:
        """The journal begins from `snapshot` now, read as `state`. Events that are not in it stand behind it; `known` of
        the log under it is here.
        """
        (last,) = self._sql.execute(
            "SELECT MAX(last) FROM (SELECT MAX(ordinal) AS last FROM events UNION ALL SELECT 0 UNION ALL "
            "SELECT seq FROM sqlite_sequence WHERE name = 'events')"
        ).fetchone()
        ordinal = last + snapshot.cursor.seq
        beyond = [(journal, device, state.counter(device)) for device, *_ in self.reach(journal)]
        # All of them as far: they keep the order among themselves.
        self._sql.executemany(
            "UPDATE events SET ordinal = ordinal + ? WHERE journal = ? AND device = ? AND n > ?",
            [(ordinal, *one) for one in beyond],
        )
        self._keep_free(ordinal)
        body = packed(bytes(snapshot.state))
        place = (snapshot.cursor.seq, snapshot.cursor.chain)
        waiting = msgspec.json.encode(sorted({(event.type, event.v) for event in state.unfolded})).decode()
        self._sql.execute(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (journal, *place, known.seq, known.chain, ordinal, snapshot.fold, snapshot.state_hash, waiting, body),
        )

    def _keep_free(self, ordinal: int) -> None:
        """No event is given an ordinal up to this one: SQLite remembers the highest that was ever inserted. What was moved
        higher does not count: it may be taken out again.
        """
        self._sql.execute(
            "INSERT INTO events (ordinal, journal, device, n, confirmed, body) VALUES (?, '', '', 0, 1, '')",
            (ordinal,),
        )
        self._sql.execute("DELETE FROM events WHERE ordinal = ?", (ordinal,))

    def know(self, journal: str, known: Cursor) -> None:
        """So much of the log under the snapshot is here."""
        self._sql.execute(
            "UPDATE snapshots SET known_seq = ?, known_chain = ? WHERE journal = ?", (known.seq, known.chain, journal)
        )

    def know_nothing(self, journal: str) -> None:
        """All of the log under the snapshot is to be fetched again."""
        self.know(journal, Cursor(0, genesis_chain(journal).hex()))

    def held(self, begun: Begun) -> set[tuple[str, int]]:
        """(device, n) of what is here and has no place in the log under the snapshot, as far as that is known."""
        # Two looks into the index; as one condition it would be a walk over the whole log for every page.
        rows = self._sql.execute(
            "SELECT device, n FROM events WHERE journal = ? AND seq IS NULL "
            "UNION ALL SELECT device, n FROM events WHERE journal = ? AND seq > ?",
            (begun.journal, begun.journal, begun.known.seq),
        )
        return set(rows)

    def others(self, begun: Begun) -> bool:
        """Whether there are events among those of the log under the snapshot that it does not have."""
        rows = self._sql.execute(
            "SELECT 1 FROM events WHERE journal = ? AND seq IS NULL AND ordinal <= ? "
            "UNION ALL SELECT 1 FROM events WHERE journal = ? AND seq > ? AND ordinal <= ? LIMIT 1",
            (begun.journal, begun.ordinal, begun.journal, begun.place.seq, begun.ordinal),
        )
        return rows.fetchone() is not None

    def reach(self, journal: str) -> list[tuple[str, int, int | None]]:
        """(device, highest n, lowest n that is not confirmed) of all that is here."""
        return self._sql.execute(
            "SELECT device, MAX(last), MIN(unsent) FROM ("
            "SELECT device, n AS last, CASE WHEN confirmed = 0 THEN n END AS unsent FROM events WHERE journal = ? "
            "UNION ALL SELECT device, last, NULL FROM sealed WHERE journal = ?) GROUP BY device",
            (journal, journal),
        ).fetchall()

    def count(self, journal: str, device: str, after: int) -> int:
        """How many events of a device are here, above a counter."""
        entries, sealed = self._sql.execute(
            "SELECT (SELECT COUNT(*) FROM events WHERE journal = ? AND device = ? AND n > ?), "
            "(SELECT TOTAL(last - MAX(first - 1, ?)) FROM sealed WHERE journal = ? AND device = ? AND last > ?)",
            (journal, device, after, after, journal, device, after),
        ).fetchone()
        return int(entries + sealed)

    def drop(self, journal: str) -> None:
        """The log is whole, or the journal is gone."""
        self._sql.execute("DELETE FROM snapshots WHERE journal = ?", (journal,))
