"""Whether what an importer gives is an entry at all, and what it names, in this journal's ids; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from milepost.commands.by_kind import BEGINNINGS, REFERENCES
from milepost.errors import InvalidInput, NotFound, PluginFailed
from milepost.events.forms import is_id
from milepost.inbound import MAX_EXTERNAL_ID, MAX_UNLESS, Source, is_named_well
from milepost.journal import State
from milepost.plugin_api import VIEWS, Entry, FromFile, NewEntry, NewInstrument, NotTaken, Retraction, Revision
from milepost.views.proposals import is_proposed

MAX_REASON = 500
SHORTEST_ID = 3
_NAMES = ("title", "question", "text")


def checked(entry: Any) -> FromFile:
    """What an importer gave, if it is something that it may give.

    Raises:
        PluginFailed: the importer gave something else.

    """
    if isinstance(entry, NewInstrument | NotTaken):
        return _checked_texts(entry)
    if not isinstance(entry, NewEntry | Revision | Retraction):
        raise PluginFailed(f"It gave {type(entry).__name__} and should give a NewEntry, a Revision or a Retraction.")
    if entry.kind not in VIEWS:
        raise PluginFailed(f"It gave an entry of the kind {str(entry.kind)[:60]!r}. There are: {', '.join(VIEWS)}.")
    name: Any = entry.id if isinstance(entry, Revision) else entry.external_id
    if not isinstance(name, str) or not 0 < len(name) <= MAX_EXTERNAL_ID:
        raise PluginFailed(
            f"It gave an entry with the id {str(name)[:60]!r}, and not a text of 1 to {MAX_EXTERNAL_ID}."
        )
    if isinstance(entry, NewEntry) and not is_named_well(entry):
        raise PluginFailed(
            f"`known_as` and `grows` of its entry {name!r} must be texts, and `unless` a tuple of at most "
            f"{MAX_UNLESS} texts, each of at most {MAX_EXTERNAL_ID}."
        )
    fields: Any = {} if isinstance(entry, Retraction) else entry.fields
    if not isinstance(fields, Mapping) or not all(isinstance(field, str) for field in fields):
        raise PluginFailed(f"The fields of its entry {name!r} are not a mapping of names to values.")
    return entry


def _checked_texts(given: Any) -> FromFile:
    texts: tuple[Any, ...] = tuple(getattr(given, name) for name in given.__struct_fields__)
    if not all(isinstance(text, str) for text in texts):
        raise PluginFailed(f"It gave a {type(given).__name__} with something that is no text.")
    if isinstance(given, NotTaken):
        return NotTaken(name=given.name[:MAX_EXTERNAL_ID], reason=given.reason[:MAX_REASON])
    return replace(given, name=given.name[:MAX_EXTERNAL_ID])  # type: ignore[no-any-return]


def named(number: int, entry: FromFile) -> str:
    """An entry, so that a person finds it in the file: its place there, from 1, its kind, and what it is called there."""
    if isinstance(entry, NewInstrument | NotTaken):
        return f"{number}. {'questionnaire ' if isinstance(entry, NewInstrument) else ''}{entry.name}"
    name = entry.id if isinstance(entry, Revision) else entry.external_id
    return f"{number}. {entry.kind} {name}"


def settled(state: State, entry: Entry, source: Source) -> Entry:
    """The same entry with ids of this journal: what it names is an id there, what the same source calls so, the title of
    one thing, or the beginning of an id. What is called by an id of the journal itself came from there, and is that.

    Raises:
        NotFound, InvalidInput: nothing is called so, or several things are.

    """
    if not isinstance(entry, NewEntry):
        return entry
    fields = {
        name: _found(state, REFERENCES[entry.kind, name], value, source)
        if (entry.kind, name) in REFERENCES and isinstance(value, str)
        else value
        for name, value in entry.fields.items()
    }
    if entry.kind in BEGINNINGS and entry.external_id in state.entities.get(entry.kind, {}):
        return Revision(kind=entry.kind, id=entry.external_id, fields=fields, base={})
    return replace(entry, fields=fields)


def _found(state: State, kinds: Sequence[str], text: str, source: Source) -> str:
    for kind in kinds:
        for there in (text, source.entity(state, kind, text)):
            if there in state.entities.get(kind, {}):
                return there
    for kind in kinds:
        if is_proposed(state, kind, waits := source.entity(state, kind, text)):
            return waits
    return text if is_id(text) else named_in(state, kinds, text)


def named_in(state: State, kinds: Sequence[str], text: str) -> str:
    """The id of what a person calls by its title, or by the beginning of its id.

    Raises:
        NotFound, InvalidInput: nothing is called so, or several things are.

    """
    visible = [(kind, entity) for kind in kinds for entity in state.visible(kind)]
    wanted = _plain(text)
    found = [entity for kind, entity in visible if wanted in _called(state, kind, entity)]
    if not found and len(text) >= SHORTEST_ID:
        found = [entity for _, entity in visible if entity.startswith(text.lower())]
    said = " or ".join(kinds)
    if len(found) > 1:
        raise InvalidInput(f"Several are called {text!r}: give the id of one, as `milepost {kinds[0]} list` shows it.")
    if not found:
        raise NotFound(f"There is no {said} called {text!r} in this journal. Write it down first, and come again.")
    return found[0]


def _called(state: State, kind: str, entity: str) -> list[str]:
    fields = state.fields(kind, entity)
    return [_plain(fields[name]) for name in _NAMES if isinstance(fields.get(name), str)]


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
