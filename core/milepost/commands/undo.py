"""Undoing: an event that puts back what another changed. Nothing is erased, and undoing an undo does it again; pure."""

from typing import Any

from milepost.commands.settling import put, retraction
from milepost.envelope import Event
from milepost.errors import Conflict, InvalidInput
from milepost.events import REDACTION, Draft, Fields, by_register, read_fields
from milepost.events.registry import PAYLOADS, REVISIONS
from milepost.journal import State
from milepost.register import is_hidden, writes_of


def undo(
    now: State, before: State, event: Event, on: str, undoing: frozenset[tuple[str, int]] = frozenset()
) -> list[Draft]:
    """What undoes `event`, given the state with it and the one without.

    `on` is the local date that a status is put back on. `undoing` are events (device, n) that undid later ones: where
    they brought back what this one wrote, it is as this one left it.

    Raises:
        InvalidInput: it can't be undone.
        Conflict: somebody changed the same since.
    """
    read = read_fields(now.journal, event)
    if read is None or event.type == "journal.opened":
        raise InvalidInput("There is nothing of yours to undo here.")
    if event.type == REDACTION or event.data_digest:
        raise InvalidInput("What was taken out for good is gone, and can't be put back.")
    kind, entity, fields = read
    if event.type == "proposal.made" and "decision" in now.registers(kind, entity):
        raise Conflict("That proposal was decided since. Make another one: `milepost propose`.")
    if event.type == "proposal.decided" and "decision" not in before.registers(kind, entity):
        return _undecide(now, before, event, fields | {"id": entity}, on, undoing)
    _check_latest(now, event, kind, entity, fields, undoing)
    if entity not in before.entities.get(kind, {}) and "id" in PAYLOADS[event.type].__struct_fields__:
        return [retraction(kind, entity)]
    if is_hidden(before.registers(kind, entity)):
        return [retraction(kind, entity)]
    if fields.get("retracted") is True:
        return bring_back(before, kind, entity)
    was = before.fields(kind, entity)
    back: dict[str, Any] = {name: was.get(name) for name in fields}
    if "status" in fields and "status" not in was:
        back["on"] = on
    if kind == "rest":
        back["on"] = on
    return put(now, kind, entity, back)


def _undecide(
    now: State, before: State, event: Event, fields: Fields, on: str, undoing: frozenset[tuple[str, int]]
) -> list[Draft]:
    """What an acceptance set is put back, and the proposal counts as declined: that it was decided can't be unsaid.

    Raises:
        InvalidInput: it set nothing.
        Conflict: somebody changed the same since.
    """
    agreed, proposal = fields.pop("accepted", None), fields.pop("id")
    if agreed is None:
        raise InvalidInput("What was decided on a proposal stands. Propose it anew: `milepost propose`.")
    kind, entity = agreed["kind"], agreed["id"]
    _check_latest(now, event, "proposal", proposal, fields, undoing)
    _check_latest(now, event, kind, entity, agreed["fields"], undoing)
    declined = Draft("proposal.decided", {"id": proposal, "decision": "declined", "on": on})
    if entity not in before.entities.get(kind, {}) or is_hidden(before.registers(kind, entity)):
        return [retraction(kind, entity), declined]
    was = before.fields(kind, entity)
    back: dict[str, Any] = {name: was.get(name) for name in agreed["fields"]}
    if "status" in back and "status" not in was:
        back["on"] = on
    return [*put(now, kind, entity, back), declined]


def _check_latest(
    now: State, event: Event, kind: str, entity: str, fields: Fields, undoing: frozenset[tuple[str, int]]
) -> None:
    """Only what is as the event left it, still or again, may be put back."""
    registers = now.registers(kind, entity)
    for name, value in by_register(kind, fields).items():
        if not any(
            stamp.id == (event.device, event.n) or (stamp.id in undoing and stands == value)
            for stamp, stands in writes_of(registers[name])
        ):
            raise Conflict(
                f"That {kind}'s {name} was changed since, maybe on another device. Look at it, then change it."
            )


def bring_back(before: State, kind: str, entity: str) -> list[Draft]:
    """Makes a retracted entity stand again, as it is in `before`: something in it is written that the retraction had not
    seen.

    Raises:
        InvalidInput: that can't be done with this one.
    """
    revision = REVISIONS.get(kind)
    was = before.fields(kind, entity)
    names = PAYLOADS[revision].__struct_fields__ if revision else ()
    again = next((name for name in ("title", "text", "what", "note", *names) if name in names and was.get(name)), None)
    if revision is None or again is None or again == "id":
        raise InvalidInput(f"A {kind} that was taken back can't be brought back; write it anew.")
    fields = {again: was[again], **({"measure": was["measure"]} if again == "value" and was.get("measure") else {})}
    return [Draft(revision, {"id": entity, **fields})]
