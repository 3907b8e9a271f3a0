"""Who may write what to a journal, as one table: role × event type. Pure, and the same for a terminal and a server.

Theory of operation
-------------------
Everybody in a journal reads all of it: sharing happens at the journal, never below it. What a member may write depends
on the role and on the type of the event; for some types also on what the journal holds: whose words would be changed,
who made the proposal that is decided, whether the owners let the therapist change goals (`owners_only` is false).

`refusal` says why an event may not be written on top of a state, or nothing where it may. A type that the table does
not name is the owners' alone, and so is a version that can't be read here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from milepost.envelope import Event
from milepost.events import EVENT_TYPES, REDACTION, Fields, by_register, read_fields
from milepost.events.registry import REVISIONS
from milepost.journal import Fresh, State
from milepost.register import Stamp, shown, writes_of

Role = Literal["owner", "therapist", "reader"]
ROLES: tuple[Role, ...] = ("owner", "therapist", "reader")

Rule = Literal["always", "own", "allowed", "proposal", "redaction", "never"]
"""When a therapist may write a type: always; where nobody else's words are touched; where the owners allow it; as the
rules of proposals and of redactions say; never."""

_GOALS = (
    "goal.created goal.revised goal.status_changed goal.ranked measure.defined measure.revised milestone.added "
    "milestone.revised milestone.status_changed practice.added practice.revised practice.status_changed"
)
_SESSIONS = "series.planned series.revised series.ended session.scheduled session.revised session.status_changed"
_OWN = (
    "topic.added topic.revised topic.retracted reflection.written reflection.revised reflection.retracted "
    "series.retracted session.retracted proposal.made proposal.retracted"
)
_NEVER = (
    "journal.opened journal.revised goal.retracted measure.retracted milestone.retracted practice.retracted "
    "checkin.recorded checkin.amended checkin.retracted assessment.recorded assessment.retracted alliance.recorded "
    "alliance.retracted reminder.set reminder.revised reminder.removed plan.written plan.revised rest.set rest.ended"
)
THERAPIST: dict[str, Rule] = {
    **dict.fromkeys(_NEVER.split(), "never"),
    **dict.fromkeys(_GOALS.split(), "allowed"),
    **dict.fromkeys(_SESSIONS.split(), "always"),
    "topic.status_changed": "always",
    **dict.fromkeys(_OWN.split(), "own"),
    "proposal.decided": "proposal",
    REDACTION: "redaction",
}
"""The therapist's column of the table, which names every type. An owner may write them all, a reader none."""


def _kinds(*rules: Rule) -> frozenset[str]:
    return frozenset(EVENT_TYPES[name].entity for name, rule in THERAPIST.items() if rule in rules)


_GOAL_KINDS = _kinds("allowed")
_WRITTEN_KINDS = _kinds("allowed", "own", "always", "proposal", "redaction")
_JUDGED_ANEW = {"proposal.decided", REDACTION}
_NOT_YOURS = "that was written by somebody else, who alone may change it."
_PROPOSE = "goals are changed by their owners here: propose the change instead."


class Writer:
    """Who wants to write: the account, its role, what is known of the other members and of whose a device id is."""

    def __init__(
        self, account: str, role: str, role_of: Callable[[str], str | None], owns: Callable[[str], bool]
    ) -> None:
        self.account, self.role = account, role
        self.role_of, self.owns = role_of, owns


def refusal(state: State, event: Event, by: Writer) -> str:
    """Why a member may not write an event on top of this state; empty where it may."""
    if by.role == "owner":
        return ""
    if by.role != "therapist":
        return "a reader only reads this journal."
    rule = THERAPIST.get(event.type, "never")
    read = read_fields(state.journal, event) if rule != "never" else None
    if read is None:
        return f"`{event.type}` is for this journal's owners alone."
    return _BY_RULE[rule](state, *read, by)


def judged_together(events: Sequence[Event]) -> Sequence[Event]:
    """As many of the first events as may be judged on one state: a decision may be about a proposal just before it, a
    redaction about a decision.
    """
    anew = (at for at, event in enumerate(events) if at and event.type in _JUDGED_ANEW)
    return events[: next(anew, len(events))]


def owners_alone_change_goals(state: State) -> bool:
    """Whether a therapist has to propose changes of goals; so it is until the owners say otherwise."""
    return state.fields("journal", state.journal).get("owners_only") is not False


def _always(_state: State, _kind: str, _entity: str, _fields: Fields, _by: Writer) -> str:
    return ""


def _allowed(state: State, _kind: str, _entity: str, _fields: Fields, _by: Writer) -> str:
    if owners_alone_change_goals(state):
        return _PROPOSE
    return ""


def _own(state: State, kind: str, entity: str, fields: Fields, by: Writer) -> str:
    """Nobody else has written what would be set; to take a whole entity back, anything of it."""
    registers = state.registers(kind, entity)
    names = registers.keys() if "retracted" in fields else by_register(kind, fields).keys()
    authors = {stamp.actor for name in names if name in registers for stamp, _ in writes_of(registers[name])}
    return "" if authors <= {by.account} else _NOT_YOURS


def _redaction(state: State, kind: str, entity: str, fields: Fields, by: Writer) -> str:
    """A therapist takes words out of what they wrote, where they might write the same: what they accepted is another's."""
    target = (fields.get("device"), fields.get("n"))
    if not by.owns(str(target[0])):
        return _NOT_YOURS
    for of, register, stamp in _writes_everywhere(state):
        if stamp.id != target:
            continue
        if stamp.actor != by.account or of not in _WRITTEN_KINDS:
            return _NOT_YOURS
        if (of, register) == ("proposal", "decision"):
            return "what was decided stays as it is."
        if of in _GOAL_KINDS and owners_alone_change_goals(state):
            return _PROPOSE
    return _own(state, kind, entity, fields, by)


def _writes_everywhere(state: State) -> Iterator[tuple[str, str, Stamp]]:
    """(kind, register, stamp) of every write that a state has."""
    for kind, of_kind in state.entities.items():
        for found in of_kind.values():
            if isinstance(found, Fresh):
                yield from ((kind, name, found.stamp) for name in by_register(kind, found.fields))
            else:
                yield from ((kind, name, stamp) for name, r in found.items() for stamp, _ in writes_of(r))


def _proposal(state: State, kind: str, entity: str, fields: Fields, by: Writer) -> str:
    """A therapist withdraws what they proposed, and decides on what others did: once, and as it was proposed."""
    registers = state.registers(kind, entity)
    if "change" not in registers or shown(registers["change"]) is None:
        return "there is no such proposal."
    if "decision" in registers:
        return "that proposal is decided already."
    authors = {stamp.actor for stamp, _ in writes_of(registers["change"])}
    decision = fields.get("decision")  # which a redaction may have left empty, or out
    if decision == "withdrawn" and authors != {by.account}:
        return "only who made a proposal may withdraw it."
    if "accepted" in fields or decision == "accepted":
        return _acceptance(state, shown(registers["change"]), authors, fields, by)
    return ""


def _acceptance(state: State, change: Any, authors: set[str], fields: Fields, by: Writer) -> str:
    if fields.get("decision") != "accepted" or fields.get("accepted", change) != change:
        return "what is accepted must be what was proposed; counter it with another."
    if by.account in authors:
        return "somebody else has to accept what you proposed."
    may_change = change["kind"] in _GOAL_KINDS and not owners_alone_change_goals(state)
    if not may_change and any(by.role_of(author) != "owner" for author in authors):
        return "only an owner may accept what no owner proposed."
    if THERAPIST[REVISIONS[change["kind"]]] == "own":  # else it would be theirs from then on
        return _own(state, change["kind"], change["id"], change["fields"], by)
    return ""


_BY_RULE: dict[Rule, Callable[[State, str, str, Fields, Writer], str]] = {
    "always": _always,
    "allowed": _allowed,
    "own": _own,
    "proposal": _proposal,
    "redaction": _redaction,
}
