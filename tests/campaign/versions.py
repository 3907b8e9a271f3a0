"""Milepost as it was and as it is, in one process: an older one knows fewer event types, and older versions of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from milepost.events import registry

NEW = dict(registry.EVENT_TYPES)
NEW["goal.revised"] = msgspec.structs.replace(NEW["goal.revised"], v=2)
OLD = {name: known for name, known in registry.EVENT_TYPES.items() if name not in {"goal.ranked", "topic.revised"}}


@contextmanager
def version(types: dict[str, registry.EventType]) -> Iterator[None]:
    """What is done inside is done by that Milepost."""
    before = registry.EVENT_TYPES
    registry.EVENT_TYPES = types
    try:
        yield
    finally:
        registry.EVENT_TYPES = before


@contextmanager
def upcasting() -> Iterator[None]:
    """The newer one reads what the older one wrote."""
    registry.UPCASTERS["goal.revised", 1] = dict
    try:
        yield
    finally:
        del registry.UPCASTERS["goal.revised", 1]
