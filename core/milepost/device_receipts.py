"""The receipts on a device's file: kept while a log grows, made into proofs when a server turns out to have lost it.

Theory of operation
-------------------
A receipt is for a place of the log as it is known here. Those at every `STRIDE` are kept, and the last one: so any run
of the log is on the way from one kept receipt, or from where the run begins, to another, and the way is never long.
When places are forgotten because the server's log is another one, the ways to the receipts beyond are written down as
proofs, before the events come to stand elsewhere, or are written again under other names. Knows no network.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import zstandard

from milepost.envelope import Event, decode_event, encode_event
from milepost.messages import MAX_PUSH_BYTES
from milepost.receipts import MAX_LINKS, STRIDE, Proof, bytes_of, link_of

_decode = msgspec.json.Decoder(Proof).decode


class Receipts:
    """The tables of them, on a device's file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def last(self, journal: str) -> int:
        """The last place that there is a receipt for; 0 for none."""
        row = self._sql.execute("SELECT MAX(seq) FROM receipts WHERE journal = ?", (journal,)).fetchone()
        return row[0] or 0

    def keep(self, journal: str, given: Mapping[int, str], end: int) -> None:
        """Keeps receipts for places up to `end`, and lets those go that are not needed beside them."""
        self._sql.executemany(
            "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?)",
            [(journal, seq, receipt) for seq, receipt in given.items() if 0 < seq <= end],
        )
        self._sql.execute(
            "DELETE FROM receipts WHERE journal = ? AND seq < ? AND seq % ? <> 0", (journal, self.last(journal), STRIDE)
        )

    def set_aside(self, journal: str, after: int, chain_at: Callable[[int], str]) -> None:
        """The places after `after` are about to be forgotten: writes down what shows that these events were there."""
        receipts = self._sql.execute(
            "SELECT seq, receipt FROM receipts WHERE journal = ? AND seq > ? ORDER BY seq", (journal, after)
        ).fetchall()
        for seq, receipt in receipts:
            self._prove(journal, after, seq, receipt, chain_at(after))
            after = seq
        if receipts:
            first = receipts[0][0]
            self._sql.execute("DELETE FROM receipts WHERE journal = ? AND seq >= ?", (journal, first))

    def _prove(self, journal: str, after: int, seq: int, receipt: str, chain: str) -> None:
        if not chain or seq - after > MAX_LINKS:
            return
        rows = self._sql.execute(
            "SELECT body FROM events WHERE journal = ? AND seq > ? AND seq <= ? ORDER BY seq", (journal, after, seq)
        ).fetchall()
        events = [decode_event(body) for (body,) in rows]
        if len(events) != seq - after:
            return  # under a snapshot, where not all has come in yet
        proof = Proof(chain, [link_of(journal, event) for event in events], seq, receipt)
        body = zstandard.ZstdCompressor(level=1).compress(msgspec.json.encode(proof))
        row = self._sql.execute("INSERT INTO proofs (journal, body) VALUES (?, ?) RETURNING proof", (journal, body))
        (number,) = row.fetchone()
        self._sql.executemany(
            "INSERT INTO proven VALUES (?, ?, ?, ?)", [(journal, event.device, event.n, number) for event in events]
        )

    def proofs(
        self, journal: str, events: Sequence[Event], needed: Callable[[Event], bool]
    ) -> tuple[list[Event], list[Proof]]:
        """As many of these events, from the first, as fit one request together with the proofs of those that need one."""
        taken: list[Event] = []
        found: dict[int, Proof] = {}
        size, links = 0, 0
        for event in events:
            size += len(encode_event(event)) + 1
            number = self._proof_of(journal, event) if needed(event) else None
            if number is not None and number not in found:
                proof = self._read(number)
                size, links = size + bytes_of([proof]), links + len(proof.links)
                if taken and (size > MAX_PUSH_BYTES or links > MAX_LINKS):
                    break
                found[number] = proof
            if taken and size > MAX_PUSH_BYTES:
                break
            taken.append(event)
        return taken, list(found.values())

    def _proof_of(self, journal: str, event: Event) -> int | None:
        row = self._sql.execute(
            "SELECT MAX(proof) FROM proven WHERE journal = ? AND device = ? AND n = ?", (journal, event.device, event.n)
        ).fetchone()
        found: int | None = row[0]
        return found

    def _read(self, number: int) -> Proof:
        (body,) = self._sql.execute("SELECT body FROM proofs WHERE proof = ?", (number,)).fetchone()
        return _decode(zstandard.ZstdDecompressor().decompress(body))

    def settle(self, journal: str) -> None:
        """Nothing is left to be given back: proofs are not needed any more."""
        if self._sql.execute("SELECT 1 FROM proofs WHERE journal = ? LIMIT 1", (journal,)).fetchone():
            self._forget(journal, ("proofs", "proven"))

    def remove(self, journal: str) -> None:
        """The journal is gone."""
        self._forget(journal, ("receipts", "proofs", "proven", "bare"))

    def _forget(self, journal: str, tables: Iterable[str]) -> None:
        for table in tables:
            self._sql.execute(f"DELETE FROM {table} WHERE journal = ?", (journal,))

    # Words that were taken out

    def lost_words(self, journal: str, event: Event) -> None:
        """Somebody else's event lost its words here, so that it needs a receipt for what is left."""
        self._sql.execute("INSERT OR IGNORE INTO bare VALUES (?, ?, ?)", (journal, event.device, event.n))

    def bare(self, journal: str) -> list[int]:
        """The places of such events, as far as the server's log is known here."""
        rows = self._sql.execute(
            # In this order: SQLite would begin with all events that have a place, and every sync asks.
            "SELECT e.seq FROM bare b CROSS JOIN events e USING (journal, device, n) CROSS JOIN journals j USING (journal) "
            "WHERE b.journal = ? AND e.seq <= j.cursor_seq ORDER BY e.seq",
            (journal,),
        )
        return [seq for (seq,) in rows]

    def dressed(self, journal: str, event: Event) -> None:
        """It has its receipt."""
        self._sql.execute(
            "DELETE FROM bare WHERE journal = ? AND device = ? AND n = ?", (journal, event.device, event.n)
        )
