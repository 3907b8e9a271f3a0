"""Putting a journal back from a file into an empty one: what an entry comes to there; pure.

What is put back was a journal already. So its fields are taken as they are, whatever measures say of values by now, and
each entity begins with the event that such begins with, and stands as it stood.
"""

from milepost.commands.by_kind import BEGINNINGS, TODAY
from milepost.commands.goals import given, rank_at_the_end
from milepost.commands.planning import revised
from milepost.commands.settling import put
from milepost.errors import InvalidInput
from milepost.events import Draft, Fields
from milepost.events.registry import NOT_FIELDS, PAYLOADS
from milepost.inbound import Source, Taken
from milepost.journal import State
from milepost.plugin_api import VIEWS, Entry, NewEntry

RESTORED = {**BEGINNINGS, "assessment": "assessment.recorded"}
"""Entity kind → the event that one begins with that is put back."""
_RANKED = ("goal", "milestone")


def is_empty(state: State) -> bool:
    """Whether nobody has written anything into a journal that a file could put back."""
    return not any(state.entities.get(kind) for kind in (*VIEWS, "proposal"))


def restored(state: State, entry: Entry, source: Source) -> Taken:
    """What an entry comes to in a journal that is put back.

    Raises:
        InvalidEvent, InvalidInput: it breaks a rule, or is none that can be put back.

    """
    if not isinstance(entry, NewEntry) or entry.kind not in RESTORED:
        raise InvalidInput(f"A {entry.kind} can't be put back. {', '.join(RESTORED)} can.")
    entity, fields = source.entity(state, entry.kind, entry.external_id), dict(entry.fields)
    if fields.get("status") and not fields.get("on") and entry.kind != "assessment":
        fields["on"] = source.today
    if entity in state.entities.get(entry.kind, {}):
        drafts = revised(state, entry.kind, entity, fields)
        return Taken(outcome="changed" if drafts else "nothing", kind=entry.kind, id=entity, drafts=tuple(drafts))
    fields = {TODAY[entry.kind]: source.today, **fields} if entry.kind in TODAY else fields
    return Taken(outcome="made", kind=entry.kind, id=entity, drafts=tuple(_begun(state, entry.kind, entity, fields)))


def _begun(state: State, kind: str, entity: str, fields: Fields) -> list[Draft]:
    first = RESTORED[kind]
    names = set(PAYLOADS[first].__struct_fields__) - NOT_FIELDS
    begins = {name: value for name, value in fields.items() if name in names}
    if kind in _RANKED and "rank" not in begins:
        begins["rank"] = rank_at_the_end(state, kind)
    stands = {name: value for name, value in fields.items() if name not in names and value is not None}
    return [Draft(first, {"id": entity, **given(begins)}), *put(state, kind, entity, stands)]
