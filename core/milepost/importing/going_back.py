"""Takes an import back on a device, a batch of its events at a time, the last first; knows no terminal."""

from collections.abc import Callable, Iterator
from functools import cache

import msgspec
from msgspec import Struct

from milepost.device import Device
from milepost.device_imports import Import, Run, Runs
from milepost.envelope import Event
from milepost.errors import InvalidInput, NotAllowed
from milepost.importing.running import Refuse
from milepost.importing.taking_back import Back, Outcome, back, needed
from milepost.journal import State

BATCH = 500
_ORDER: tuple[Outcome, ...] = ("gone", "left", "put back", "taken back")


class WentBack(Struct, frozen=True, kw_only=True):
    """What taking an import back came to: (kind, id) → what was done."""

    outcomes: dict[tuple[str, str], Outcome]

    def of(self, outcome: Outcome) -> list[tuple[str, str]]:
        """The entities that came out so, in the order in which they were gone through."""
        return [one for one, found in self.outcomes.items() if found == outcome]


def go_back(
    device: Device, one: Import, today: str, refuse: Refuse, told: Callable[[int], None] = lambda _: None
) -> WentBack:
    """Takes back what an import made, and puts back what it changed, where nobody changed it since.

    Interrupted, it stands at the end of a batch; called again it goes on.

    Raises:
        HistoryPartial: what it changed can be known only from the whole log.
        InvalidInput: it is taken back already.

    """
    log = device.log
    if one.status == "taken back":
        raise InvalidInput("That import is taken back already.")
    runs = log.imports.runs([one.id])
    before = _before(device, one, runs)
    outcomes: dict[tuple[str, str], Outcome] = {}
    held: frozenset[str] | None = None
    for batch in _batches(device, one, runs):
        with log.transaction():
            mine = _mine(device, one)
            state, writer = log.state(one.journal), log.journal(one.journal).device
            held = needed(state, mine) if held is None else held
            first = state.counter(writer) + 1
            for event in batch:
                state = log.state(one.journal)
                found = back(state, event, mine, before, held, today)
                if found is not None:
                    _note(outcomes, _written(device, one, found, refuse))
            log.imports.wrote(
                one, Run(device=writer, first=first, last=log.state(one.journal).counter(writer), back=True)
            )
            log.imports.keep(msgspec.structs.replace(one, status="taken back in part"))
        told(len(batch))
    with log.transaction():
        whole = "left" not in outcomes.values()
        log.imports.keep(msgspec.structs.replace(one, status="taken back" if whole else "taken back in part"))
    return WentBack(outcomes=outcomes)


def _written(device: Device, one: Import, found: Back, refuse: Refuse) -> Back:
    """Writes what takes an entity back; where that is refused, it is left."""
    try:
        if found.drafts:
            refuse(found.drafts)
            device.append(one.journal, found.drafts)
    except NotAllowed:
        return found._replace(outcome="left", drafts=())
    return found


def _note(outcomes: dict[tuple[str, str], Outcome], found: Back) -> None:
    key, before = (found.kind, found.id), outcomes.get((found.kind, found.id), "gone")
    outcomes[key] = max(before, found.outcome, key=_ORDER.index)


def _mine(device: Device, one: Import) -> Callable[[str, int], bool]:
    """The writes of this import, and of those that were taken back themselves, with what took them back."""
    imports = device.log.imports
    others = [other.id for other in imports.all(one.journal) if other.status == "taken back" and other.id != one.id]
    return Runs(imports.runs([one.id, *others])).hold


def _before(device: Device, one: Import, runs: list[Run]) -> Callable[[], State]:
    """What there was before the import; folded when it is first asked for."""

    @cache
    def found() -> State:
        first = min(
            (
                ordinal
                for run in runs
                for ordinal, _ in device.log.between(one.journal, run.device, run.first, run.first)
            ),
            default=0,
        )
        begun = device.log.snapshots.get(one.journal)
        if begun is not None and begun.ordinal >= first:
            device.log.history(one.journal)  # says what is missing
        return device.log.states.at(one.journal, first - 1)

    return found


def _batches(device: Device, one: Import, runs: list[Run]) -> Iterator[list[Event]]:
    """What the import wrote, the last first."""
    for run in reversed([run for run in runs if not run.back]):
        for last in range(run.last, run.first - 1, -BATCH):
            first = max(run.first, last - BATCH + 1)
            found = device.log.between(one.journal, run.device, first, last)
            if len(found) <= last - first and device.log.snapshots.get(one.journal) is not None:
                device.log.history(one.journal)  # says what is missing
            yield [event for _, event in reversed(found)]
