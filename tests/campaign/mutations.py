"""Rules broken on purpose, one at a time: a campaign that would not notice one of them proves nothing."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from milepost import (
    archiving,
    branch,
    device,
    device_file,
    device_history,
    device_log,
    envelope,
    journal,
    pushing,
    register,
    rescue,
    sqlite_store,
)
from milepost.client import HttpServer
from milepost.database import Work, unit
from milepost.device import Device
from milepost.device_log import DeviceLog
from milepost.device_snapshot import Snapshots
from milepost.journal import State
from milepost.register import Registers, Stamp
from milepost.sync import Session
from milepost_server import snapshots
from milepost_server.journals import Journals

Change = tuple[Any, str, Any]


def _has_seen(later: Stamp, earlier: Stamp) -> bool:
    return earlier.n < later.n if later.device == earlier.device else earlier.ranked_at < later.ranked_at


def _hidden(registers: Registers) -> bool:
    found = registers.get("retracted")
    return found is not None and register.shown(found) is True


async def _nothing(*_: object) -> None:
    return None


def _whole_context(self: State, own: str) -> dict[str, int]:
    return {device: progress.n for device, progress in self.devices.items() if device != own and progress.n}


def _own_only(unplaced: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def own(self: DeviceLog, name: str, after: int) -> list[Any]:
        return [item for item in unplaced(self, name, after) if item[1].device == self.journal(name).device]

    return own


def _same_name(self: Device, name: str, device: str, first: int) -> bool:
    """The device goes on as if nothing had been, and takes its counters for its own."""
    self.log.remove(name, device, first)
    self.log.bump(name)
    return False


def _nothing_done(*_: object) -> None:
    return None


def _no_bump(self: DeviceLog, name: str) -> None:
    return None


@unit
def _drops_nothing(*_: object) -> Work[None]:
    yield from ()


def _taken_on_trust(log: DeviceLog, name: str, step: Any) -> bool:
    begun = log.snapshots.get(name)
    if begun is None:
        return True
    chain, chains = bytes.fromhex(step.after.chain), []
    for event in step.events:
        chain = envelope.next_chain(chain, envelope.identity_digest(name, event), event)
        chains.append(chain)
    device_history._seal(log, begun, log.snapshots.held(begun), step, chains)
    return device_history._compare(log, begun) if step.cursor.seq == begun.place.seq else True


def _unchecked(events: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, journal, after, limit, chain="": events(self, journal, after, limit)


@unit
def _archived_anyhow(name: str, keep: int) -> Work[int]:
    """As it should be, up to what is kept of it."""
    work = archiving.archive_run(name, keep).begin()
    query = next(work)
    while True:
        if "body" in query.params:
            bodies = zlib.decompress(query.params["body"]).split(b"\n")
            query.params["body"] = archiving.pack([*bodies[:-2], bodies[-1], bodies[-2]])
        rows = yield query
        try:
            query = work.send(rows)
        except StopIteration as stop:
            return stop.value


def _another(self: pushing.Push, target: Any) -> str:
    """The counter alone says what is meant, and it is the one before."""
    held = self._find(target.device, max(target.n - 1, 1))
    if held is not None:
        stored = envelope.decode_event(held[1])
        self._change(held[0], envelope.encode_event(pushing.redacted(stored, target)))
    return ""


MUTATIONS: dict[str, list[Change]] = {
    "the later clock counts as having seen": [(register, "has_seen", _has_seen)],
    "equal clocks are left to chance": [(Stamp, "rank", property(lambda self: self.ranked_at))],
    "what is set aside is dropped": [(register, "_register", lambda writes: max(writes, key=lambda w: w[0].rank))],
    "what was taken back stays hidden": [(journal, "is_hidden", _hidden)],
    "no clock is clamped": [(envelope, "clamp_hlc", lambda hlc, _: hlc)],
    "a lowered clock leaves the kept state as it was": [(DeviceLog, "bump", _no_bump)],
    "a counter used again after a restore wins": [(Device, "_write_again", _same_name)],
    "the server takes a counter used again for the same event": [
        (pushing, "identity_digest", lambda name, event: b"%d" % event.n)
    ],
    "a cursor is taken on trust": [(Journals, "_check_cursor", _nothing)],
    "each gives back its own events alone": [(DeviceLog, "unplaced", _own_only(DeviceLog.unplaced))],
    "nothing is looked for that has to be given back": [(Session, "_look", property(lambda _: False, lambda *_: None))],
    "what can't be read counts as seen": [(State, "context", _whole_context)],
    "the server keeps words in a snapshot": [(snapshots.Snapshots, "dropped", _drops_nothing)],
    "archives keep words": [(sqlite_store, "repacked", lambda archive, seq, body: archiving.pack(archive.bodies))],
    "a device keeps words in the snapshot that it began from": [(Snapshots, "purge", _nothing_done)],
    "a device keeps words in its log": [(device_log, "redacted", lambda event, of: event)],
    "the server takes words out of another event": [(pushing.Push, "_redact", _another)],
    "a redaction goes by a counter that means another event by now": [(branch, "retargeted", lambda event, _: event)],
    "a file from which words were taken out is left as it is": [(device_file, "scrub", _nothing_done)],
    "what a snapshot is without stays where it was before": [(device_history, "redactions_in", lambda _: [])],
    "the log under a snapshot is taken on trust": [
        (device, "take_history", _taken_on_trust),
        (HttpServer, "_events", _unchecked(HttpServer._events)),
    ],
    "any snapshot is begun from": [
        (device, "may_begin_from", lambda *_: True),
        (device_history, "may_begin_from", lambda *_: True),
    ],
    "what a device alone still knew is dropped": [(device_history, "from_state", lambda *_: [])],
    "what is written anew claims what it had seen": [(rescue, "_cut", lambda event, _: event)],
    "two events change places in an archive": [(sqlite_store, "archive_run", _archived_anyhow)],
}


@contextmanager
def broken(changes: list[Change]) -> Iterator[None]:
    """The rules are broken inside."""
    before = [(where, name, vars(where).get(name)) for where, name, _ in changes]
    for where, name, value in changes:
        setattr(where, name, value)
    try:
        yield
    finally:
        for where, name, value in before:
            if value is None:
                delattr(where, name)
            else:
                setattr(where, name, value)
