"""Settings that name something in the journal: what a person calls it becomes its id, and the other way. Knows no plugin and no
server.
"""

from collections.abc import Mapping
from typing import Any

from milepost.importing.entries import named_in
from milepost.journal import State
from milepost.plugin_api import NAMES


def settled(schema: Mapping[str, Any], given: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The same settings, with ids for what is named in them; a name may stand alone, or after the last `=` of each in a list.

    Raises:
        NotFound, InvalidInput: nothing is called so, or several things are.

    """
    fields: Mapping[str, Any] = schema.get("properties", {})
    return {name: _settled(fields.get(name, {}).get(NAMES), value, state) for name, value in given.items()}


def _settled(kinds: Any, value: Any, state: State) -> Any:
    if not kinds or not value:
        return value
    if isinstance(value, list):
        return [_after_equals(kinds, one, state) for one in value]
    return named_in(state, kinds, value) if isinstance(value, str) else value


def _after_equals(kinds: Any, text: Any, state: State) -> Any:
    what, equals, name = text.rpartition("=") if isinstance(text, str) else ("", "", "")
    return f"{what}={named_in(state, kinds, name.strip())}" if equals and name.strip() else text


def called(schema: Mapping[str, Any], given: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The same settings for a person to read: what is named in them by its id has its title, where the journal has it."""
    fields: Mapping[str, Any] = schema.get("properties", {})
    return {name: _called(fields.get(name, {}).get(NAMES), value, state) for name, value in given.items()}


def _called(kinds: Any, value: Any, state: State) -> Any:
    if not kinds or not value:
        return value
    if isinstance(value, list):
        return [_called(kinds, one, state) for one in value]
    if not isinstance(value, str):
        return value
    what, equals, entity = value.rpartition("=")
    found = next((kind for kind in kinds if entity in state.entities.get(kind, {})), "")
    fields = state.fields(found, entity) if found else {}
    words = fields.get("title") or fields.get("question")
    return f"{what}{equals}{words}" if isinstance(words, str) else value
