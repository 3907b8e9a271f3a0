"""A journal's state in memory, how much memory it takes, and the form in which it is kept and sent; knows no database."""

import hashlib

import msgspec
import zstandard
from msgspec import Raw, Struct, field

from milepost.clock import HLC_MIN, HybridClock
from milepost.envelope import Event, genesis_chain
from milepost.errors import InvalidEvent
from milepost.journal import FOLD_VERSION, State, dump_state, is_whole, load_state, paused_collector, state_hash
from milepost.messages import Cursor, Snapshot
from milepost.plugin_api import JournalView
from milepost.projected import projected
from milepost.projection import Grant
from milepost.store import Head, Page

LEVEL = 3
BYTES_PER_BODY_BYTE = 3
BYTES_PER_STATE_BYTE = 4
"""What a folded state takes of memory, by the bytes of its events and by those of its written form. Measured: 2.6 and
2.6, 3.2 and 3.4, for a journal of one person's years and for the demo's; rounded up."""
BYTES_PER_VIEW = 400
"""What one thing takes that is shown and kept up with; measured: 370 to 380."""
MAX_ANSWER_BYTES = 2**31
"""Far above any snapshot; what claims to be more is none."""

_decode_events = msgspec.json.Decoder(list[Event]).decode
_decode_snapshot = msgspec.json.Decoder(Snapshot).decode


class Folded(Struct):
    """A journal's state, where its log ended, when its last event was received (in milliseconds), the newest merge clock
    in it, about how many bytes of memory it takes, and the types and versions of its events.
    """

    state: State
    head: Head
    received_at: int = 0
    newest: str = HLC_MIN
    size_bytes: int = 0
    types: set[tuple[str, int]] = field(default_factory=set)

    def clock(self, now_ms: int) -> HybridClock:
        """A clock for what is written next: later than all that is there."""
        return HybridClock(self.newest, lambda: now_ms)

    def fold(self, page: Page) -> None:
        """Folds in the page that follows."""
        events = _decode_events(b"[" + b",".join(page.bodies) + b"]")
        with paused_collector():
            for event in events:
                self.state.apply(event)
        self.head, self.received_at = page.end, events[-1].received_at
        self.newest = max(self.newest, *(event.ranked_at for event in events))
        self.types |= {(event.type, event.v) for event in events if not event.rejected}
        self.size_bytes += BYTES_PER_BODY_BYTE * sum(map(len, page.bodies))
        self.size_bytes += BYTES_PER_VIEW * len(events) * len(self.state.shown)

    def shown(self, grant: Grant) -> JournalView:
        """The journal as a grant shows it; kept with the state, and kept up with it from then on."""
        if grant not in self.state.shown:
            self.size_bytes += BYTES_PER_VIEW * sum(map(len, self.state.entities.values()))
        return projected(self.state, grant)


def nothing(journal: str) -> Folded:
    """The state of an empty log."""
    return Folded(State(journal), Head(0, genesis_chain(journal)))


def written(folded: Folded) -> bytes:
    """The answer to who asks for a snapshot, compressed by zstd."""
    snapshot = Snapshot(
        fold=FOLD_VERSION,
        cursor=Cursor(folded.head.seq, folded.head.chain.hex()),
        state_hash=state_hash(folded.state),
        clock="" if folded.newest == HLC_MIN else folded.newest,
        received_at=folded.received_at,
        types=sorted(folded.types),
        state=Raw(dump_state(folded.state)),
    )
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(snapshot))


def read(answer: bytes, answer_hash: str) -> Folded | None:
    """What was written, or None where it is not that any more, or another version of the fold wrote it."""
    if hash_of(answer) != answer_hash:
        return None
    try:
        snapshot = _unpacked(answer)
        state = load_state(bytes(snapshot.state)) if snapshot.fold == FOLD_VERSION else None
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, InvalidEvent):
        return None
    if state is None or state_hash(state) != snapshot.state_hash:
        return None
    head = Head(snapshot.cursor.seq, bytes.fromhex(snapshot.cursor.chain))
    size_bytes = BYTES_PER_STATE_BYTE * len(bytes(snapshot.state))
    return Folded(state, head, snapshot.received_at, snapshot.clock or HLC_MIN, size_bytes, set(snapshot.types))


def usable(answer: bytes, answer_hash: str) -> bool:
    """Whether this is what was written, and this version would fold nothing else of the same log."""
    if hash_of(answer) != answer_hash:
        return False
    try:
        snapshot = _unpacked(answer)
        return snapshot.fold == FOLD_VERSION and is_whole(bytes(snapshot.state))
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, InvalidEvent):
        return False


def _unpacked(answer: bytes) -> Snapshot:
    return _decode_snapshot(zstandard.ZstdDecompressor().decompress(answer, max_output_size=MAX_ANSWER_BYTES))


def hash_of(answer: bytes) -> str:
    """SHA-256 of a written state, hexadecimal."""
    return hashlib.sha256(answer).hexdigest()
