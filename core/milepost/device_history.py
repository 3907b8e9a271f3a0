"""What a device does about a snapshot: whether it may begin from one, and how the log comes in under it."""

from collections.abc import Sequence
from functools import partial

from milepost.branch import Held
from milepost.clock import new_id, new_salt
from milepost.device_log import DeviceLog
from milepost.device_snapshot import Begun
from milepost.envelope import MAX_COUNTER, Event, genesis_chain, identity_digest, next_chain
from milepost.journal import State, redactions_in, state_hash
from milepost.messages import Cursor
from milepost.rescue import Counters, from_log, from_state, lacking, without_words
from milepost.steps import Leap, SyncFailed, TakeHistory


def may_begin_from(log: DeviceLog, journal: str, state: State, seq: int) -> bool:
    """Whether a snapshot made at `seq` has in it all that it would take the place of, but for events that are here.

    That is what is here already, as events or in the snapshot before. Events that it lacks must follow on it without a
    gap, and those never sent must be among them.
    """
    row, begun = log.journal(journal), log.snapshots.get(journal)
    if state.journal != journal or (begun is None and seq <= row.cursor.seq):
        return False
    known: dict[str, int] = {}
    if begun is not None:
        before = log.snapshots.as_it_was(begun)
        if before is None or any(lacking(before, state, partial(log.find, journal))):
            return False
        above = any(last > before.counter(device) for device, last, _ in log.snapshots.reach(journal))
        if above and Counters(before, state).two:
            return False  # what is here has seen other events than those that it would seem to have seen
        known = {device: progress.n for device, progress in before.devices.items()}
    for device, last, unsent in log.snapshots.reach(journal):
        if unsent is not None and unsent <= state.counter(device):
            return False
        known[device] = max(last, known.get(device, 0))
    return all(
        last - counter == log.snapshots.count(journal, device, counter)
        for device, last in known.items()
        if last > (counter := state.counter(device))
    )


def _held(log: DeviceLog, journal: str, device: str, n: int) -> bool:
    return log.find(journal, device, n) is not None


def _counted(state: State, device: str, n: int) -> bool:
    return n <= state.counter(device)


def leap(log: DeviceLog, journal: str, step: Leap) -> bool:
    """The journal begins from a snapshot. Returns whether something was written again under another name."""
    log.segments.unseal(journal)
    again = _begin_anew(log, journal, step) if step.anew else _begin_from(log, journal, step)
    # What the snapshot is without may be here still: in events, in kept states, in the snapshot before.
    taken_out = redactions_in(step.state)
    if taken_out:
        log.purge_events(journal, taken_out)
    return again


def _begin_from(log: DeviceLog, journal: str, step: Leap) -> bool:
    if not may_begin_from(log, journal, step.state, step.snapshot.cursor.seq):
        return False  # another process did something meanwhile
    row = log.journal(journal)
    known = row.cursor
    if log.snapshots.get(journal) is not None:
        # The server was put back: what was known of places is not known of its log as it is now.
        known = Cursor(0, genesis_chain(journal).hex())
        log.unplace(journal, 0, MAX_COUNTER)
    log.snapshots.begin(journal, step.snapshot, step.state, known)
    log.set_cursor(journal, step.snapshot.cursor)
    log.bump(journal)
    begun = log.snapshots.get(journal)
    if begun is not None:
        log.states.adopt(begun, step.state)
    return False


def _begin_anew(log: DeviceLog, journal: str, step: Leap) -> bool:
    """It lacks what nobody can bring back: that is written anew on top of it."""
    begun, now = log.snapshots.get(journal), step.state
    old = log.snapshots.as_it_was(begun) if begun else None
    if old is None or now.journal != journal:
        return False
    two = Counters(old, now).two
    for of in redactions_in(now):
        if of.n < two.get(of.device, of.n + 1):
            old.take_out(of)
    lost = list(lacking(old, now, partial(log.find, journal)))
    known, held = log.held(journal)
    above = without_words(held, redactions_in(now))
    again = from_log(above, known, new_id, stands=partial(_counted, now), there=partial(_counted, now))
    log.unplace(journal, 0, MAX_COUNTER)
    for device in {one.event.device for one in above}:
        first = min(one.event.n for one in above if one.event.device == device)
        log.remove(journal, device, max(first, now.counter(device) + 1))
    log.snapshots.begin(journal, step.snapshot, now, Cursor(0, genesis_chain(journal).hex()))
    log.set_cursor(journal, step.snapshot.cursor)
    for event in from_state(lost, old, now, new_id, new_salt, partial(_held, log, journal)):
        log.add(journal, event, confirmed=True)
    for one in again:
        log.add(journal, one.event, confirmed=one.confirmed)
    mine = new_id()
    log.set_device(journal, mine)
    log.set("device", mine)
    log.bump(journal)
    return True


def take_history(log: DeviceLog, journal: str, step: TakeHistory) -> bool:
    """A run of the log under a snapshot comes in. False where that makes it whole, and it is not what the snapshot was.

    Raises:
        SyncFailed: it is not the log that the snapshot was made of, as far as can be seen now; nothing was taken.

    """
    begun = log.snapshots.get(journal)
    if begun is None or begun.known != step.after:
        return True  # another process took it first
    if [event.seq for event in step.events] != list(range(step.after.seq + 1, step.cursor.seq + 1)):
        raise SyncFailed("The server left out events; nothing was taken. Sync again.")
    chains = walked(journal, step.after, step.events, step.cursor)
    whole = step.cursor.seq == begun.place.seq
    if whole and step.cursor.chain != begun.place.chain:
        raise SyncFailed("The server's log does not lead to the snapshot that it gave. Sync again.")
    log.note_wordless(journal, step.events)
    held = log.snapshots.held(begun)
    again = _make_way(log, begun, held, step.events)
    _seal(log, begun, held, step, chains)
    log.states.follow(begun, step.events, step.cursor)
    for one in again:
        log.add(journal, one.event, confirmed=one.confirmed)
    return _compare(log, begun) if whole else True


def _seal(log: DeviceLog, begun: Begun, held: set[tuple[str, int]], step: TakeHistory, chains: Sequence[bytes]) -> None:
    """The run comes to its ordinals, in segments; what of it had an entry here, out of place, has none any more."""
    if held:
        log.drop(begun.journal, held.intersection((event.device, event.n) for event in step.events))
    ordinal = begun.ordinal - begun.place.seq + step.after.seq + 1
    log.segments.seal(begun.journal, ordinal, bytes.fromhex(step.after.chain), step.events, chains)
    log.snapshots.know(begun.journal, step.cursor)


def _compare(log: DeviceLog, begun: Begun) -> bool:
    """The log under a snapshot is whole now and takes its place; whether both come to the same."""
    written = log.snapshots.body(begun)
    log.snapshots.drop(begun.journal)
    state = log.states.under(begun)
    as_shown = log.states.shows(begun, state)
    log.bump(begun.journal)
    log.states.adopt(begun, state)
    if as_shown:
        log.states.keep_as_written(begun, written)
    return as_shown or state_hash(state) == begun.state_hash


def _make_way(log: DeviceLog, begun: Begun, held: set[tuple[str, int]], events: Sequence[Event]) -> list[Held]:
    """What is held here under a counter that the log has another event for is written anew: returns that, not added yet."""
    clashes: list[Held] = []
    for event in events if held else ():
        mine = log.find(begun.journal, event.device, event.n) if (event.device, event.n) in held else None
        if mine is None or mine.rejected:
            continue
        if identity_digest(begun.journal, mine) != identity_digest(begun.journal, event):
            clashes.append(Held(mine, confirmed=True, placed=False))
    if not clashes:
        return []
    before = log.snapshots.as_it_was(begun) or State(begun.journal)
    clashes = without_words(clashes, redactions_in(before))
    return from_log(clashes, {}, new_id, stands=lambda *_: False, there=partial(_counted, before))


def walked(journal: str, after: Cursor, run: Sequence[Event], end: Cursor) -> list[bytes]:
    """The chain value of each event of a run.

    Raises:
        SyncFailed: the walk does not come to the chain value at the end.

    """
    chain = bytes.fromhex(after.chain)
    chains: list[bytes] = []
    for event in run:
        chain = next_chain(chain, identity_digest(journal, event), event)
        chains.append(chain)
    if chain.hex() != end.chain:
        raise SyncFailed("What the server sent does not match its own chain; nothing was taken. Sync again.")
    return chains
