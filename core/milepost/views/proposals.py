"""Proposals: what somebody suggests to change, beside what there is; whether it changed since; and what became of it."""

from typing import Any

from msgspec import Struct

from milepost.clock import hlc_ms
from milepost.events import COMPOSITES, Fields
from milepost.journal import State
from milepost.register import Register, Stamp, has_seen, shown, writes_of
from milepost.views.entities import UNTITLED


class ProposedField(Struct, frozen=True, kw_only=True):
    """One field: as it is now and as it would be. `stale`: somebody changed it, and who proposed had not seen that."""

    field: str
    now: Any = None
    proposed: Any = None
    stale: bool = False


class Proposal(Struct, frozen=True, kw_only=True):
    """One proposal: about which entity, by which account, when (milliseconds since 1970), why, and each field of it.

    `decision` is null while it is open; `counters` names the proposal that this one answers.
    """

    id: str
    kind: str
    entity: str
    title: str
    by: str
    at: int
    why: str | None = None
    counters: str | None = None
    fields: tuple[ProposedField, ...] = ()
    stale: bool = False
    decision: str | None = None
    on: str | None = None
    decided_by: str | None = None
    decided_at: int | None = None


def proposals(state: State) -> list[Proposal]:
    """Every proposal that was not taken back, the oldest first."""
    found = [_proposal(state, proposal) for proposal in state.visible("proposal")]
    return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.id))


def open_proposals(state: State) -> list[Proposal]:
    """Those that nobody decided on yet."""
    return [one for one in proposals(state) if one.decision is None]


def is_proposed(state: State, kind: str, entity: str) -> bool:
    """Whether an entity that need not be there yet waits for an answer."""
    for proposal in state.visible("proposal"):
        change = change_in(state, proposal)
        about = change is not None and (change["kind"], change["id"]) == (kind, entity)
        if about and "decision" not in state.registers("proposal", proposal):
            return True
    return False


def change_in(state: State, proposal: str) -> Fields | None:
    """What a proposal would change: `kind`, `id` and `fields`; None where there is no such, or its words are gone."""
    register = state.registers("proposal", proposal).get("change")
    found = shown(register) if register is not None else None
    return found if isinstance(found, dict) and isinstance(found.get("fields"), dict) else None


def _proposal(state: State, proposal: str) -> Proposal | None:
    registers, change = state.registers("proposal", proposal), change_in(state, proposal)
    if change is None:
        return None
    made = _stamp(registers["change"])
    kind, entity = change["kind"], change["id"]
    fields = tuple(_field(state, kind, entity, name, value, made) for name, value in sorted(change["fields"].items()))
    decided = _stamp(registers["decision"]) if "decision" in registers else None
    of_decision = shown(registers["decision"]) if decided is not None else {}
    of_entity = state.fields(kind, entity)
    return Proposal(
        id=proposal,
        kind=kind,
        entity=entity,
        title=next((said for said in _names(of_entity, change["fields"]) if said), UNTITLED),
        by=made.actor,
        at=hlc_ms(made.ranked_at),
        why=state.fields("proposal", proposal).get("why"),
        counters=state.fields("proposal", proposal).get("counters"),
        fields=fields,
        stale=decided is None and any(field.stale for field in fields),
        decision=of_decision.get("decision"),
        on=of_decision.get("on"),
        decided_by=decided.actor if decided else None,
        decided_at=hlc_ms(decided.ranked_at) if decided else None,
    )


def _names(entity: Fields, wanted: Fields) -> list[Any]:
    """What it may be called: by what it says; one that there is not yet by what it would."""
    return [*(entity.get(name) for name in ("title", "text", "question")), wanted.get("title")]


def _stamp(register: Register) -> Stamp:
    return writes_of(register)[0][0]


def _field(state: State, kind: str, entity: str, name: str, value: Any, made: Stamp) -> ProposedField:
    """A field is stale where a write stands in its register that who proposed had not seen, with another value."""
    together = next((one for one, members in COMPOSITES.get(kind, {}).items() if name in members), None)
    register = state.registers(kind, entity).get(together or name)
    unseen = [
        written
        for stamp, written in (writes_of(register) if register is not None else [])
        if stamp.id != made.id and not has_seen(made, stamp)
    ]
    now = state.fields(kind, entity).get(name)
    values = [(written or {}).get(name) for written in unseen] if together else unseen
    stale = any(written != value for written in values)
    return ProposedField(field=name, now=now, proposed=value, stale=stale)
