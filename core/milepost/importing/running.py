"""Goes through the entries of a file in batches: over a device's journal, or over a copy of its state for a dry run."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from milepost.clock import HLC_MIN, HybridClock, new_id
from milepost.device import Device
from milepost.device_imports import Import, Run, Runs, Tally
from milepost.errors import Conflict, InvalidEvent, InvalidInput, NotAllowed, NotFound
from milepost.events import Draft
from milepost.importing.entries import checked, named, settled
from milepost.inbound import Source, Taken, proposed, take
from milepost.instrument_files import brought
from milepost.journal import State, dump_state, load_state
from milepost.plugin_api import Entry, FromFile, NewInstrument, NotTaken
from milepost.writing import write_drafts

BATCH = 500
"""Entries that are written in one transaction."""
MAX_REASONS = 10
"""Entries that were not taken and are named one by one."""

_COUNTED = {
    "made": "made",
    "changed": "changed",
    "taken back": "taken_back",
    "proposed": "proposed",
    "nothing": "passed_over",
}
Refuse = Callable[[Sequence[Draft]], None]
"""Raises NotAllowed where drafts may not be written by who is here."""
Take = Callable[[State, Entry, Source], Taken]
"""What an entry comes to: `take`, or `restored` where a whole journal is put back."""


class Place(Protocol):
    """Where entries are written."""

    def state(self) -> State:
        """What there is, with all that was written."""
        ...

    def write(self, drafts: Sequence[Draft]) -> None:
        """Writes events, or raises what is wrong with one and writes none."""
        ...

    def keep(self, instrument: NewInstrument) -> str:
        """Keeps a questionnaire on the device; returns what that came to."""
        ...


class Copy:
    """A copy of a state, for a dry run: nothing outside it changes."""

    def __init__(self, of: State, device: str, actor: str, refuse: Refuse, home: Path) -> None:
        copy = load_state(dump_state(of), whole=False)
        assert copy is not None  # noqa: S101 - it was folded by this very version
        self._state, self.device, self._actor, self._refuse = copy, device, actor, refuse
        self._home = home
        self._clock = HybridClock(of.newest or HLC_MIN)

    def state(self) -> State:
        return self._state

    def write(self, drafts: Sequence[Draft]) -> None:
        self._refuse(drafts)
        for event in write_drafts(self._state, self.device, self._actor, drafts, self._clock):
            self._state.apply(event)

    def keep(self, instrument: NewInstrument) -> str:
        return brought(self._home, instrument.text, instrument.name, write=False)


class Journal:
    """A journal on a device; within a transaction."""

    def __init__(self, device: Device, journal: str, refuse: Refuse) -> None:
        self._device, self._journal, self._refuse = device, journal, refuse

    def state(self) -> State:
        return self._device.state(self._journal)

    def write(self, drafts: Sequence[Draft]) -> None:
        self._refuse(drafts)
        self._device.append(self._journal, drafts)

    def keep(self, instrument: NewInstrument) -> str:
        return brought(self._device.folder, instrument.text, instrument.name, write=True)


class Known(NamedTuple):
    """What is known of such imports before: the events that they wrote, and journals that were moved into this one."""

    runs: Sequence[Run] = ()
    namespaces: Sequence[str] = ()


def source_of(one: Import, known: Known, device: str, first: int) -> Source:
    """Where the entries of an import come from. Its own is what such imports wrote here, and what `device` writes from the
    counter `first` on: an entry may come twice in a file.
    """
    runs = known.runs
    own, back = Runs(runs), Runs(run for run in runs if run.back)

    def is_own(writer: str, n: int) -> bool:
        return (writer == device and n >= first) or own.hold(writer, n)

    return Source(
        name=f"import {one.format}", is_own=is_own, today=one.today, undid=back.hold, namespaces=tuple(known.namespaces)
    )


def known_of(device: Device, journal: str, format_: str) -> Known:
    """What is known of imports of a format into a journal on this device."""
    imports = device.log.imports
    runs = imports.runs([one.id for one in imports.all(journal) if one.format == format_])
    return Known(runs, imports.namespaces(journal))


def go_through(place: Place, entries: Sequence[tuple[int, Any]], source: Source, tally: Tally, taking: Take) -> None:
    """Writes what entries, numbered from 1, come to, and counts it.

    Raises:
        PluginFailed: one is none.
        StorageFull, StorageDamaged: nothing more can be written.

    """
    for number, given in entries:
        entry = checked(given)
        tally.entries = number
        try:
            outcome = _one(place, entry, source, taking)
        except (InvalidEvent, InvalidInput, NotFound, NotAllowed) as error:
            _refused(tally, number, entry, str(error))
        except (TypeError, ValueError, KeyError, AttributeError):
            # Fields of a kind that no event has: whatever a plugin may give.
            _refused(tally, number, entry, "its fields are not of the kinds that they should be.")
        else:
            setattr(tally, _COUNTED[outcome], getattr(tally, _COUNTED[outcome]) + 1)


def _refused(tally: Tally, number: int, entry: FromFile, why: str) -> None:
    tally.refused += 1
    if len(tally.reasons) < MAX_REASONS:
        tally.reasons.append(f"{named(number, entry)}: {why}")


def _one(place: Place, entry: FromFile, source: Source, taking: Take) -> str:
    if isinstance(entry, NotTaken):
        raise InvalidInput(entry.reason)
    if isinstance(entry, NewInstrument):
        return place.keep(entry)
    state = place.state()
    taken = taking(state, settled(state, entry, source), source)
    if not taken.drafts:
        return taken.outcome
    try:
        place.write(taken.drafts)
    except NotAllowed:
        if taken.outcome != "changed":
            raise
        taken = proposed(state, taken.kind, taken.id, dict(taken.fields), source)
        place.write(taken.drafts)
    return taken.outcome


Told = Callable[[Tally], None]


def dry_run(place: Copy, one: Import, known: Known, entries: Iterator[Any], told: Told, taking: Take = take) -> Tally:
    """What bringing the entries in would come to, from where the import stands; writes nothing."""
    tally = one.tally.copy()
    source = source_of(one, known, place.device, place.state().counter(place.device) + 1)
    for batch in _batches(entries, tally.entries):
        go_through(place, batch, source, tally, taking)
        told(tally)
    return tally


def bring_in(
    device: Device, one: Import, entries: Iterator[Any], refuse: Refuse, told: Told, taking: Take = take
) -> Import:
    """Brings the entries into the import's journal, batch by batch, from where it stands; returns it as it is then.

    Raises:
        Conflict: another process goes on with the same import.
        InvalidInput, PluginFailed, StorageFull: as for what fails; all batches before stay.

    """
    place, imports = Journal(device, one.journal, refuse), device.log.imports
    for batch in _batches(entries, one.tally.entries):
        with device.log.transaction():
            _check_alone(device, one)
            tally, writer = one.tally.copy(), device.log.journal(one.journal).device
            first = place.state().counter(writer) + 1
            source = source_of(one, known_of(device, one.journal, one.format), writer, first)
            go_through(place, batch, source, tally, taking)
            after = msgspec.structs.replace(one, tally=tally)
            imports.keep(after)
            imports.wrote(one, Run(device=writer, first=first, last=place.state().counter(writer)))
        one = after
        told(one.tally)
    with device.log.transaction():
        _check_alone(device, one)
        # Reasons may have words of the file in them: once they were told, they need not be kept.
        imports.keep(msgspec.structs.replace(one, status="done", tally=msgspec.structs.replace(one.tally, reasons=[])))
        if not imports.runs([one.id]):
            imports.forget(one.id)
    return msgspec.structs.replace(one, status="done")


def begun(journal: str, format_: str, file: str, digest: str, now_ms: int, today: str) -> Import:
    """An import that is about to begin."""
    return Import(
        id=new_id(),
        journal=journal,
        format=format_,
        file=file,
        digest=digest,
        begun_at=now_ms,
        today=today,
        status="begun",
        tally=Tally(),
    )


def _check_alone(device: Device, one: Import) -> None:
    kept = next((other for other in device.log.imports.all(one.journal) if other.id == one.id), None)
    done = kept.tally.entries if kept else 0
    if done != one.tally.entries or (kept and kept.status != "begun"):
        raise Conflict("Another command is bringing the same file in, and goes on with it. Nothing was written twice.")


def _batches(entries: Iterator[Any], done: int) -> Iterator[list[tuple[int, Any]]]:
    """The entries after the first `done`, numbered from 1 over all, a batch at a time."""
    numbered = enumerate(entries, 1)
    for _ in islice(numbered, done):
        pass
    while batch := list(islice(numbered, BATCH)):
        yield batch
