"""Segments of a server's log, each kept in one piece: what came in on a device under a snapshot.

Theory of operation
-------------------
To write each event of a long log down by itself, with what finds it again, takes a third of the time in which the log
comes in, and ten times the room; and what is long past is hardly ever looked up, but read from one end to the other. So
what comes in under a snapshot is sealed: up to `SEGMENT_EVENTS` events in a segment, compressed, in the order of the
server's log. All of them are confirmed, have a place, and stand in a segment alone. A segment never changes: before
anything in it does (words are taken out, places forgotten, events written again under another name), it is unsealed, that
is, its events become entries as all others are, and it is gone. Knows no network, and decides nothing.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from milepost.device_file import SEE_DOCTOR, DeviceFile
from milepost.device_snapshot import packed, unpacked
from milepost.envelope import MAX_COUNTER, Event, encode_event, identity_digest, next_chain
from milepost.errors import InvalidEvent, StorageDamaged
from milepost.sqlite_file import insert

SEGMENT_EVENTS = 1_000
"""Most events in a segment: to find one, all of it is read (some milliseconds)."""
UNREADABLE = (InvalidEvent, msgspec.DecodeError, UnicodeDecodeError, TypeError)
"""What reading one that is damaged may end in; the last where there is nothing in its place."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Event]).decode
_SEGMENT = "ordinal, first, last, before, chain"


class Segment(Struct, frozen=True):
    """One of them: the ordinal of its last event, the places (`seq`) of its first and its last event in the server's log,
    and the chain values (32 bytes) before the one and after the other.
    """

    ordinal: int
    first: int
    last: int
    before: bytes
    chain: bytes

    @property
    def begin(self) -> int:
        """The ordinal of its first event."""
        return self.ordinal - (self.last - self.first)


def events_in(body: bytes) -> list[Event]:
    """The events of a segment as it is written down.

    Raises:
        UNREADABLE: it is none any more.

    """
    return _decode(unpacked(body))


class Segments:
    """The tables of them, on a device's file."""

    def __init__(self, file: DeviceFile) -> None:
        self._file = file
        self._sql = file.connection
        self._open: tuple[Segment, list[Event]] | None = None
        """The one that was read last: who looks for one event in it looks for the next one too."""

    def seal(self, journal: str, ordinal: int, before: bytes, run: Sequence[Event], chains: Sequence[bytes]) -> None:
        """Keeps events that follow on each other in the server's log, given the chain value of each. The first one stands
        at `ordinal` here, and `before` is the chain value before it. None of them may have an entry.
        """
        for at in range(0, len(run), SEGMENT_EVENTS):
            events = run[at : at + SEGMENT_EVENTS]
            beyond = at + len(events)
            last, chain = ordinal + beyond - 1, chains[beyond - 1]
            self._sql.execute(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?)",
                (last, journal, events[0].seq, events[-1].seq, before, chain, packed(_encode(events))),
            )
            insert(self._sql, "sealed", [(journal, *reach, last) for reach in _reach(events)])
            before = chain

    def of(self, journal: str, after: int = 0) -> list[Segment]:
        """The segments that go beyond an ordinal, in order."""
        return self._where("journal = ? AND ordinal > ? ORDER BY ordinal", journal, after)

    def placed(self, journal: str, after: int) -> list[Segment]:
        """The segments that go beyond a place of the server's log, in its order."""
        return self._where("journal = ? AND last > ? ORDER BY last", journal, after)

    def _where(self, condition: str, *given: str | int) -> list[Segment]:
        rows = self._sql.execute(f"SELECT {_SEGMENT} FROM segments WHERE {condition}", given)
        return [Segment(*row) for row in rows]

    def events(self, segment: Segment) -> list[Event] | None:
        """What is in one, in the server's order, which is that of the ordinals from `begin` on. None where another process
        unsealed it since it was found: all of them have entries with those ordinals now.

        Raises:
            StorageDamaged: it can't be read any more.

        """
        if self._open is None or self._open[0] != segment:
            row = self._sql.execute("SELECT body FROM segments WHERE ordinal = ?", (segment.ordinal,)).fetchone()
            if row is None:
                return None
            try:
                events = events_in(row[0])
            except UNREADABLE as error:
                raise StorageDamaged(
                    f"{self._file.path} is damaged: a segment of its log can't be read. {SEE_DOCTOR}"
                ) from error
            self._open = segment, events
        return self._open[1]

    # What is said from here on holds within one view of the file (`DeviceFile.reading`).

    def _numbered(self, segments: Iterable[Segment]) -> Iterator[tuple[int, Event]]:
        for segment in segments:
            yield from enumerate(self.events(segment) or (), segment.begin)

    def _chained(self, journal: str, segment: Segment) -> Iterator[tuple[int, Event, bytes]]:
        chain = segment.before
        for ordinal, event in self._numbered([segment]):
            chain = next_chain(chain, identity_digest(journal, event), event)
            yield ordinal, event, chain

    def between(self, journal: str, device: str, first: int, last: int) -> list[tuple[int, Event]]:
        """(ordinal, event) of one device that are in them, with counters from `first` to `last`, counting up."""
        numbered = self._numbered(self._with(journal, device, first, last))
        return [one for one in numbered if one[1].device == device and first <= one[1].n <= last]

    def _with(self, journal: str, device: str, first: int, last: int) -> list[Segment]:
        """The segments with these counters in them, or some of them."""
        return self._where(
            "ordinal IN (SELECT segment FROM sealed WHERE journal = ? AND device = ? AND last >= ? AND first <= ?) "
            "ORDER BY ordinal",
            *(journal, device, first, last),
        )

    def counter(self, journal: str, device: str) -> int:
        """The highest counter of a device in them, 0 for none."""
        row = self._sql.execute(
            "SELECT MAX(last) FROM sealed WHERE journal = ? AND device = ?", (journal, device)
        ).fetchone()
        return row[0] or 0

    def ends(self, journal: str) -> tuple[int, int]:
        """The last ordinal in them, and the last place of the server's log; 0 for none."""
        row = self._sql.execute("SELECT MAX(ordinal), MAX(last) FROM segments WHERE journal = ?", (journal,)).fetchone()
        return row[0] or 0, row[1] or 0

    def chain_at(self, journal: str, seq: int) -> bytes | None:
        """The chain value at a place that is in them; None where it is in none."""
        for segment in self._where("journal = ? AND last >= ? ORDER BY last LIMIT 1", journal, seq):
            if seq == segment.last:
                return segment.chain
            return next((chain for _, event, chain in self._chained(journal, segment) if event.seq == seq), None)
        return None

    def bare(self, journal: str) -> list[tuple[str, int]]:
        """(device, n) in them of others' events that lost their words here and have no receipt for what is left."""
        return self._sql.execute(
            "SELECT DISTINCT b.device, b.n FROM bare b JOIN sealed v USING (journal, device) "
            "WHERE b.journal = ? AND b.n BETWEEN v.first AND v.last",
            (journal,),
        ).fetchall()

    def wordless(self, journal: str) -> list[tuple[int, Event]]:
        """(ordinal, event) of those that came without their words."""
        return [(ordinal, event) for ordinal, event in self._numbered(self.of(journal)) if event.data_digest]

    # Unsealing

    def unseal(self, journal: str, after: int = 0, to: int = MAX_COUNTER) -> None:
        """The segments with places after `after` and up to `to` become entries."""
        self._unseal(journal, [segment for segment in self.placed(journal, after) if segment.first <= to])

    def unseal_with(self, journal: str, device: str, first: int, last: int = MAX_COUNTER) -> None:
        """The segments with these counters of a device in them become entries."""
        self._unseal(journal, self._with(journal, device, first, last))

    def _unseal(self, journal: str, segments: Iterable[Segment]) -> None:
        for segment in segments:
            insert(
                self._sql,
                "events (ordinal, journal, device, n, seq, chain, confirmed, body)",
                [
                    (ordinal, journal, e.device, e.n, e.seq, chain, 1, encode_event(e))
                    for ordinal, e, chain in self._chained(journal, segment)
                ],
            )
            self._sql.execute("DELETE FROM segments WHERE ordinal = ?", (segment.ordinal,))
            self._sql.execute("DELETE FROM sealed WHERE segment = ?", (segment.ordinal,))
            self._open = None

    def remove(self, journal: str) -> None:
        """The journal is gone."""
        for table in ("segments", "sealed"):
            self._sql.execute(f"DELETE FROM {table} WHERE journal = ?", (journal,))
        self._open = None


def _reach(events: Sequence[Event]) -> list[tuple[str, int, int]]:
    """(device, first n, last n) of each device; in a log, counters count up."""
    first = {event.device: event.n for event in reversed(events)}
    last = {event.device: event.n for event in events}
    return [(device, first[device], n) for device, n in last.items()]
