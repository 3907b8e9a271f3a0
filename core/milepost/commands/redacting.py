"""Taking words out for good: one redaction for each event that wrote them, and the entity taken back; pure."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from milepost.commands.goals import NewId
from milepost.commands.settling import retraction
from milepost.envelope import Event, salted_digest
from milepost.errors import InvalidInput, NotFound
from milepost.events import PAYLOADS, REDACTION, Draft, Fields, read_fields
from milepost.journal import State
from milepost.register import is_hidden


def redact(
    state: State, events: Iterable[Event], new_id: NewId, kind: str, entity: str, fields: Collection[str] = ()
) -> list[Draft]:
    """What takes all of an entity out of the log, its history and proposals about it included; or these fields of it.

    All of it also takes the entity back, if its kind can be.

    Raises:
        InvalidInput: it has no such field, or is itself a redaction.
        NotFound: there are no words left to take out.
    """
    if kind == "redaction":
        raise InvalidInput("A redaction has no words of its own to take out.")
    names = frozenset(fields)
    events = list(events)
    if unknown := names - {name for event in events for name in _given(state.journal, event, kind, entity)}:
        raise InvalidInput(f"Nothing was ever written into {', '.join(sorted(unknown))} of that {kind}.")
    drafts = [
        Draft(
            REDACTION,
            {
                "id": new_id(),
                "device": event.device,
                "n": event.n,
                "digest": salted_digest(event),
                **({"fields": sorted(names)} if names else {}),
            },
        )
        for event in events
        if any(
            value is not None and (not names or name in names)
            for name, value in _given(state.journal, event, kind, entity).items()
        )
    ]
    if not drafts:
        raise NotFound(f"There are no words left in that {kind}.")
    gone = retraction(kind, entity)
    if not names and gone.type in PAYLOADS and not is_hidden(state.registers(kind, entity)):
        drafts.append(gone)
    return drafts


def _given(journal: str, event: Event, kind: str, entity: str) -> Fields:
    """What an event says of an entity, `reason` and all; what its type alone says is left out."""
    if event.rejected or event.type == REDACTION:
        return {}
    read = read_fields(journal, event)
    if read is None:
        return {}
    said = [fields for of, fields in _parts(event, read) if of == (kind, entity)]
    return {name: value for fields in said for name, value in fields.items() if name not in {"id", "event"}}


def _parts(event: Event, read: tuple[str, str, Fields]) -> Iterator[tuple[tuple[str, str], Fields]]:
    """((kind, id), fields) of what an event is about: its own entity, and the one that a proposal would change."""
    kind, entity, _ = read
    payload: Fields = msgspec.json.decode(event.payload)
    yield (kind, entity), payload
    for change in (payload.get("change"), payload.get("accepted")):
        if isinstance(change, dict):
            yield (change["kind"], change["id"]), {**change["fields"], **{k: payload.get(k) for k in ("why", "reason")}}
