"""Batches of a walk, the answers to one, and what is told of what left; pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from milepost.plugin_api import SCOPE_OF, WITHHELD, Answer, Changed, Done, Later, Rejected
from milepost_server.hosting.calling import Failed
from milepost_server.hosting.planning import Item

MAX_LOOKED_AT = 200
"""Entities that are looked at before others may run."""


def taken(walk: Iterator[Item | None], size: int) -> tuple[list[Item], bool]:
    """The next items of a walk, and whether there may be more; no more of it is looked at than others can wait for."""
    items: list[Item] = []
    for looked_at, item in enumerate(walk, 1):
        if item is not None:
            items.append(item)
        if len(items) == size or looked_at == MAX_LOOKED_AT:
            return items, True
    return items, False


def until_later(answers: Sequence[Any], *, ordered: bool) -> tuple[list[Any], Failed | None]:
    """The answers that count, with None for what is to be sent again, and the first reason for that, if any.

    Where the order matters, nothing counts that follows what is to be sent again.
    """
    place = next((place for place, answer in enumerate(answers) if isinstance(answer, Later)), None)
    if place is None:
        return list(answers), None
    later = answers[place]
    kept = answers[:place] if ordered else [None if isinstance(answer, Later) else answer for answer in answers]
    return list(kept), Failed(later.reason or "The other side can't take it now.", later.after_s)


def what_left(items: Sequence[Item]) -> str:
    """The kinds of things that left, and which fields of theirs; no content."""
    found: dict[str, set[str]] = {}
    for item in items:
        fields = found.setdefault(item.change.kind, set())
        if isinstance(item.change, Changed):
            view = item.change.view
            fields |= {name for name in SCOPE_OF[type(view)] if getattr(view, name) not in (None, "", (), WITHHELD)}
    return "; ".join(f"{kind}: {', '.join(sorted(fields))}" if fields else kind for kind, fields in found.items())


def egress(items: Sequence[Item], answers: Sequence[Answer], hosts: str) -> list[tuple[str, str, str, int]]:
    """Lines for the connection's log: what was sent, was rejected, or was tried to send and may have left as well."""
    by_what: dict[str, list[Item]] = {}
    for item, answer in zip(items, answers, strict=False):
        if isinstance(answer, Done) and not answer.sent:
            continue
        what = "rejected" if isinstance(answer, Rejected) else "tried" if isinstance(answer, Later) else "sent"
        by_what.setdefault(what, []).append(item)
    return [(what, what_left(of_it), hosts, len(of_it)) for what, of_it in by_what.items()]
