"""`milepost undo`: steps back through what was written on this device, and forth again; the log keeps everything.

Which events were undone, and by which, is noted on the device alone: for the log an undo is a change like any other.
"""

from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from msgspec import Struct

from milepost import commands
from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.envelope import Event
from milepost.errors import NotFound
from milepost.events import read_fields
from milepost.journal import State

MAX_STEPS = 1_000
"""How many steps back are remembered; older ones can't be stepped over any more, and are changes like any other."""


class _Step(Struct, frozen=True):
    """An own event (its counter) that was undone, and the own events that did so."""

    n: int
    by: list[int]


class _Steps(Struct):
    """What was undone under one device id.

    `over` are events that are neither to be undone nor done again: others stand for them, those that did them again
    (`redone`).
    """

    device: str
    undone: list[_Step] = msgspec.field(default_factory=list)
    over: list[int] = msgspec.field(default_factory=list)
    redone: list[int] = msgspec.field(default_factory=list)

    def ours(self) -> set[int]:
        """Every event that undo wrote, either way."""
        return {*self.over, *self.redone, *(n for step in self.undone for n in step.by)}


def undo(*, redo: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Undo the last thing written on this device; again, and the one before. The history keeps all of it.

    Parameters
    ----------
    redo
        Do again what was undone last.
    """
    journal = terminal.journal()
    own = terminal.device.log.journal(journal).device
    log = terminal.device.log.history(journal)
    mine = {event.n: event for event in log if event.device == own and not event.rejected}
    steps = _read(journal, own)
    written = (_redo if redo else _undo)(log, mine, steps)
    _keep(journal, steps)
    read = read_fields(journal, written[0])
    told = {"undone": written[0].type, "id": read[1] if read else "", "redone": redo, "with": written[1]}
    what = _say(written[0], read)
    terminal.answer(told, lambda console: console.print(f"{'Done again' if redo else 'Undone'}: {escape(what)}."))


def _undo(log: list[Event], mine: dict[int, Event], steps: _Steps) -> tuple[Event, list[str]]:
    passed = {*steps.over, *(n for step in steps.undone for n in (step.n, *step.by))}
    left = [n for n, event in mine.items() if n not in passed and not _is_groundwork(event)]
    if not left:
        raise NotFound("There is nothing of this device's left to undo here.")
    last = mine[max(left)]
    types, by = _put_back(log, last, steps.ours())
    steps.undone = [*steps.undone, _Step(last.n, by)][-MAX_STEPS:]
    return last, types


def _redo(log: list[Event], mine: dict[int, Event], steps: _Steps) -> tuple[Event, list[str]]:
    step = steps.undone[-1] if steps.undone else None
    if step is None or step.n not in mine or any(n > max(step.by) and n not in steps.ours() for n in mine):
        raise NotFound("There is nothing to do again: nothing was undone, or something else was written since.")
    types = []
    for n in reversed(step.by):
        more, again = _put_back(log, mine[n], steps.ours())
        types += more
        steps.redone = [*steps.redone, *again][-MAX_STEPS:]
    steps.undone.pop()
    # What was written now stands for it from here on.
    steps.over = [*steps.over, step.n, *step.by][-MAX_STEPS:]
    return mine[step.n], types


def _put_back(log: list[Event], event: Event, ours: set[int]) -> tuple[list[str], list[int]]:
    """Undoes one event; returns the types and the counters of what was written for it."""
    own, now = event.device, terminal.state()
    before = State(now.journal)
    for other in log:
        if other.device != own or other.n < event.n:
            before.apply(other)
    allowed = frozenset((own, n) for n in ours)
    drafts = commands.undo(now, before, event, terminal.today().isoformat(), allowed)
    first = now.counter(own)
    terminal.write(drafts)
    return [draft.type for draft in drafts], list(range(first + 1, terminal.state().counter(own) + 1))


def _is_groundwork(event: Event) -> bool:
    """What a command writes down only to have what it is about: the journal, or an occurrence as its series gives it."""
    return event.type == "journal.opened" or (event.type == "session.scheduled" and b'"series"' in event.payload)


def _read(journal: str, own: str) -> _Steps:
    kept = terminal.device.log.setting(f"undone {journal}")
    try:
        steps = msgspec.json.decode(kept or "", type=_Steps)
    except msgspec.DecodeError:
        return _Steps(own)
    return steps if steps.device == own else _Steps(own)


def _keep(journal: str, steps: _Steps) -> None:
    with terminal.device.log.transaction():
        terminal.device.log.set(f"undone {journal}", msgspec.json.encode(steps).decode())


_MADE = frozenset({"created", "added", "defined", "recorded", "written", "scheduled", "planned", "set", "made"})
_DONE = {
    "revised": "the change of the {kind}",
    "amended": "the change of the {kind}",
    "ranked": "the place of the {kind}",
    "status_changed": "the {kind} is {status}",
    "ended": "the end of the {kind}",
    "retracted": "taking back the {kind}",
    "removed": "taking back the {kind}",
}


def _say(event: Event, read: tuple[str, str, dict[str, Any]] | None) -> str:
    """What an event did, with the words that the entity has or had."""
    kind, deed = event.type.split(".")[-2:]
    fields = {**terminal.state().fields(kind, read[1]), **read[2]} if read else {}
    name = {"checkin": "check-in", "plan": "safety plan", "alliance": "alliance check"}.get(kind, kind)
    status = str(fields.get("status", "")).replace("_", " ")
    said = f"a new {name}" if deed in _MADE else _DONE.get(deed, "{kind}").format(kind=name, status=status)
    words = next((fields[part] for part in ("title", "text", "what", "question", "note") if fields.get(part)), "")
    return f"{said}, “{words}”" if words else said
