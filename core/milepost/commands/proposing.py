"""Proposing a change, and deciding on one: what a member may not change alone, another agrees to; pure."""

from typing import Any

from milepost.commands.goals import NewId, check_days, given, require
from milepost.commands.planning import revised
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft, Fields
from milepost.events.registry import REVISIONS
from milepost.journal import State
from milepost.views.proposals import Proposal, change_in, proposals

_BESIDE = ("id", "reason")


def propose(
    state: State,
    new_id: NewId,
    kind: str,
    entity: str,
    fields: Fields,
    why: str | None = None,
    counters: str = "",
    *,
    begins: bool = False,
) -> tuple[str, list[Draft]]:
    """Suggests other values for fields of an entity; what is so already is left out. With `begins` it is a new one.

    Raises:
        NotFound: there is no such entity.
        InvalidInput: nothing would change, or makes no sense.
    """
    if not counters and not begins:
        require(state, kind, entity)  # else it may be one that is proposed, too
    if kind not in REVISIONS:
        raise InvalidInput(f"Nothing can be proposed for a {kind}; {', '.join(REVISIONS)} can be changed.")
    if kind == "goal":
        check_days({**state.fields(kind, entity), **fields})
    drafts = revised(state, kind, entity, fields)
    changed = {name: value for draft in drafts for name, value in draft.fields.items() if name not in _BESIDE}
    if not changed:
        raise InvalidInput("It is like that already, so there is nothing to propose. Say what should be different.")
    proposal = new_id()
    change = {"kind": kind, "id": entity, "fields": changed}
    more = given({"why": why, "counters": counters or None})
    return proposal, [Draft("proposal.made", {"id": proposal, "change": change, **more})]


def accept(state: State, proposal: str, on: str, reason: str | None = None) -> list[Draft]:
    """Agrees: the proposed fields are set by that alone, all of them as they were proposed.

    Raises:
        NotFound: there is no such proposal, or its words were taken out.
        InvalidInput: it is decided already.
    """
    undecided(state, proposal)
    return _decided(proposal, "accepted", on, reason, change_in(state, proposal))


def decline(state: State, proposal: str, on: str, reason: str | None = None) -> list[Draft]:
    """Says no; nothing is changed."""
    undecided(state, proposal)
    return _decided(proposal, "declined", on, reason)


def withdraw(state: State, proposal: str, on: str, reason: str | None = None) -> list[Draft]:
    """Takes back what oneself proposed; nothing is changed."""
    undecided(state, proposal)
    return _decided(proposal, "withdrawn", on, reason)


def counter(
    state: State, new_id: NewId, proposal: str, fields: Fields, on: str, why: str | None = None
) -> tuple[str, list[Draft]]:
    """Answers with another proposal about the same: what was proposed, but for these fields.

    Raises:
        NotFound, InvalidInput: as for `propose` and `accept`.
    """
    before = undecided(state, proposal)
    change = change_in(state, proposal) or {}
    wanted = {**change["fields"], **fields}
    if wanted == change["fields"]:
        raise InvalidInput("That is what was proposed. Accept it, or say what should be different.")
    made, drafts = propose(state, new_id, before.kind, before.entity, wanted, why, counters=proposal)
    return made, [*_decided(proposal, "countered", on, None), *drafts]


def undecided(state: State, proposal: str) -> Proposal:
    """An open proposal.

    Raises:
        NotFound: there is no such proposal.
        InvalidInput: it is decided already.
    """
    found = next((one for one in proposals(state) if one.id == proposal), None)
    if found is None:
        raise NotFound("There is no such proposal. `milepost proposals` shows those there are.")
    if found.decision is not None:
        raise InvalidInput(f"That proposal was {found.decision} on {found.on}. Make another one: `milepost propose`.")
    return found


def _decided(proposal: str, decision: str, on: str, reason: str | None, accepted: Any = None) -> list[Draft]:
    more = given({"accepted": accepted, "reason": reason})
    return [Draft("proposal.decided", {"id": proposal, "decision": decision, "on": on, **more})]
