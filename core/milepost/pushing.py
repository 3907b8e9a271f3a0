"""What becomes of each event of a push, decided on what is remembered of a journal's end; knows no database.

The rules: an event's `n` must be its device's last + 1 (`gap`), its context may not go back (`rejected`), and what it
has seen must be here (`missing`). An earlier `n` is a `duplicate` if it is the same event and `forked` if it is
another; after a fork nothing more of that device is taken from the same push, or its later events would slip in
behind somebody else's. A redaction takes the words out of an event that is here, which stays in its place.

A store asks `wanted` what it must look up, makes a `Push` of what it found, lets it `take` each event, and then keeps
its `rows` and `changed` and calls `settle`: all of it, or nothing.
"""

from collections.abc import Mapping, Sequence
from itertools import chain as chained

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost.envelope import (
    Event,
    Seen,
    as_stub,
    clamped,
    decode_event,
    encode_event,
    identity_digest,
    next_chain,
    salted_digest,
)
from milepost.errors import StorageDamaged
from milepost.events import RedactionMade, redacted, redaction_of
from milepost.store import Outcome, PushResult


class Writer(Struct, gc=False):
    """Where one device stands: its last counter, and the whole context of that event."""

    n: int
    context: Seen


class End(Struct, gc=False):
    """Where a journal ends, as the next event must know it; `kept` is the place of what was last written down of it."""

    seq: int
    chain: bytes
    received_at: int
    writers: dict[str, Writer]
    kept: int = 0

    def stored(self, device: str) -> int:
        """The highest counter of a device."""
        writer = self.writers.get(device)
        return writer.n if writer else 0

    def follow(self, bodies: Sequence[bytes]) -> None:
        """Takes note of where the devices stand after these events of the log."""
        for body in bodies:
            event = decode_event(body)
            writer = self.writers.setdefault(event.device, Writer(0, {}))
            writer.n = event.n
            if event.seen:
                writer.context = {**writer.context, **event.seen}


Row = tuple[str, int, str, int, bytes, bytes]
"""(journal, seq, device, n, chain, body): one event as it is kept."""
Held = Mapping[tuple[str, int], tuple[int, bytes]]
"""(device, n) → (seq, body) of events that are stored."""

_encode_writers = msgspec.json.Encoder().encode
_decode_writers = msgspec.json.Decoder(dict[str, tuple[int, Seen]]).decode


def dump_writers(writers: Mapping[str, Writer]) -> bytes:
    """Where the devices stand, as JSON: device → [counter, context]."""
    return _encode_writers({device: (writer.n, writer.context) for device, writer in writers.items()})


def load_writers(text: str | bytes) -> dict[str, Writer]:
    """What `dump_writers` wrote."""
    return {device: Writer(n, context) for device, (n, context) in _decode_writers(text).items()}


def wanted(end: End, events: Sequence[Event]) -> dict[str, set[int]]:
    """Device → counters to look up before a push is decided: what comes again, and what is to be redacted."""
    found: dict[str, set[int]] = {}
    for event in events:
        if event.n <= end.stored(event.device):
            found.setdefault(event.device, set()).add(event.n)
        target = redaction_of(event)
        if target is not None and target.n <= end.stored(target.device):
            found.setdefault(target.device, set()).add(target.n)
    return found


class Push:
    """One push being decided: what it would add and change, kept apart until all of it is."""

    __slots__ = (
        "_chain", "_forked", "_moved", "_received_at", "_seq", "changed", "end", "held", "journal", "now_ms", "repair", "rows",
    )  # fmt: skip

    def __init__(self, journal: str, end: End, held: Held, now_ms: int, *, repair: bool) -> None:
        self.journal, self.end, self.held = journal, end, held
        self.now_ms, self.repair = now_ms, repair
        self.rows: list[Row] = []
        self.changed: dict[int, bytes] = {}
        """`seq` → the body that takes the place of the one stored there."""
        self._seq, self._chain, self._received_at = end.seq, end.chain, end.received_at
        self._moved: dict[str, Writer] = {}
        self._forked: set[str] = set()

    def settle(self) -> None:
        """The rows are kept: the journal ends where this push ends."""
        for row in self.rows:
            self.end.writers[row[2]] = self._moved[row[2]]
        self.end.seq, self.end.chain, self.end.received_at = self._seq, self._chain, self._received_at

    def _writer(self, device: str) -> Writer:
        """Where a device stands; a copy that this push may move."""
        writer = self._moved.get(device)
        if writer is None:
            known = self.end.writers.get(device)
            writer = self._moved[device] = Writer(known.n, known.context) if known else Writer(0, {})
        return writer

    def _stored(self, device: str) -> int:
        """The highest counter of a device, with what this push adds."""
        writer = self._moved.get(device)
        return writer.n if writer else self.end.stored(device)

    def take(self, event: Event) -> PushResult:
        """Decides about the next event of the push."""
        writer = self._writer(event.device)
        if event.device in self._forked:
            return PushResult(n=event.n, outcome="forked")
        if event.n <= writer.n:
            return self._known(event)
        if event.n != writer.n + 1:
            return PushResult(n=event.n, outcome="gap", last=writer.n)
        target = redaction_of(event)
        needs = event.seen if target is None else {**event.seen, target.device: target.n}
        for device, n in needs.items():
            if self._stored(device) < n and device != event.device:
                return PushResult(n=event.n, outcome="missing", needs=(device, n))
        if event.seen:
            context = writer.context
            if any(context.get(device, 0) > n for device, n in event.seen.items()):
                forward = {device: n for device, n in event.seen.items() if n > context.get(device, 0)}
                event = as_stub(self.journal, event, "`seen` went back: it was higher in the event before.", forward)
                target = None
            writer.context = {**context, **event.seen}
        if target is not None and (problem := self._redact(target)):
            event = as_stub(self.journal, event, problem)
        writer.n = event.n
        return self._store(event)

    def _find(self, device: str, n: int) -> tuple[int, bytes] | None:
        """(seq, body) of an event that is stored, or about to be by this push."""
        found = self.held.get((device, n))
        if found is None:
            found = next(((r[1], r[5]) for r in self.rows if r[2] == device and r[3] == n), None)
        return found and (found[0], self.changed.get(*found))

    def _known(self, event: Event) -> PushResult:
        held = self._find(event.device, event.n)
        if held is None:
            raise StorageDamaged(
                f"Event {event.n} of device {event.device} is counted and not there: run `milepost verify`."
            )
        stored = decode_event(held[1])
        if identity_digest(self.journal, stored) != identity_digest(self.journal, event):
            self._forked.add(event.device)
            return PushResult(n=event.n, outcome="forked")
        return _result("duplicate", held[0], stored.received_at, stored)

    def _redact(self, target: RedactionMade) -> str:
        """Takes the words out of the event that a redaction names; says what is wrong where it can't."""
        held = self._find(target.device, target.n)
        if held is None:
            return "there is no such event to redact."
        stored = decode_event(held[1])
        if salted_digest(stored) != target.digest:
            return "the event to redact is another one."
        if redaction_of(stored) is not None:
            return "a redaction can't be redacted: it has no words."
        self._change(held[0], encode_event(redacted(stored, target)))
        return ""

    def _change(self, seq: int, body: bytes) -> None:
        if seq <= self.end.seq:
            self.changed[seq] = body
            return
        at = seq - self.end.seq - 1
        self.rows[at] = (*self.rows[at][:5], body)

    def _store(self, event: Event) -> PushResult:
        given = min(event.received_at, self.now_ms) if self.repair and event.received_at else self.now_ms
        received_at = self._received_at = max(given, self._received_at)
        merge_hlc = clamped(event, received_at, kept=self.repair)
        if event.seq or event.received_at or event.merge_hlc != merge_hlc:
            event = replace(event, seq=0, received_at=0, merge_hlc=merge_hlc)
        seq = self._seq = self._seq + 1
        chain = next_chain(self._chain, identity_digest(self.journal, event), event, received_at)
        # The event's own bytes with its place put in front: quicker than making another event to encode.
        body = b'{"seq":%d,"received_at":%d,%b' % (seq, received_at, encode_event(event)[1:])
        self._chain = chain
        self.rows.append((self.journal, seq, event.device, event.n, chain, body))
        return _result("stored", seq, received_at, event)


def _result(outcome: Outcome, seq: int, received_at: int, stored: Event) -> PushResult:
    if stored.rejected:
        return PushResult(n=stored.n, outcome="rejected", seq=seq, received_at=received_at, reason=stored.rejected)
    return PushResult(
        n=stored.n, outcome=outcome, seq=seq, received_at=received_at, merge_hlc=stored.merge_hlc or stored.hlc
    )


_CHUNKS = (256, 64, 16, 4, 1)


def in_chunks(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """The rows in few pieces of few sizes, so that few statements insert them and each is prepared once.

    Each statement gives up the interpreter's lock and has to win it back from a busy loop.
    """
    found, at = [], 0
    for size in _CHUNKS:
        while len(rows) - at >= size:
            found.append(rows[at : at + size])
            at += size
    return found


def flat(rows: Sequence[Row]) -> tuple[object, ...]:
    """The values of rows, one after the other."""
    return tuple(chained.from_iterable(rows))
