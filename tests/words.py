"""Journals in which every word of a person's carries a mark, so that a test can look for it in what goes out."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from milepost.envelope import Event

WORD = "Xyzzy"
OWN_WORDS = {
    "area", "helps", "looks_like", "note", "place", "question", "reason", "reflection", "takeaway", "text", "title",
    "unit", "what", "why", *(f"level_{step}" for step in ("minus_2", "minus_1", "0", "plus_1", "plus_2")),
}  # fmt: skip
"""Fields of events that hold what somebody wrote."""


def marked(event: Event) -> Event:
    """The same event, every text of the person's own beginning with the mark and the name of its field."""
    data = msgspec.json.decode(event.payload)
    data.pop("event", None)
    return msgspec.structs.replace(event, data=Raw(msgspec.json.encode(_marked(data))))


def _marked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _marked(one, key) for key, one in value.items()}
    own = name in OWN_WORDS or (name == "value" and not isinstance(value, dict))
    return f"{WORD}-{name} {value}" if own and isinstance(value, str) else value


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what a view was turned into, names of fields left out."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, str):
        yield value
