"""Somebody changed, while a person was writing, what they were changing: both are shown, and the person is asked.

What they wrote is never lost: where they leave it for now, it is kept in a file in the device's folder.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import UNSET

from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.cli.versions import origin, words_of
from milepost.device_names import device_names
from milepost.errors import Conflict, StorageDamaged
from milepost.events import Draft, by_register
from milepost.events.registry import EVENT_TYPES, NOT_FIELDS

YES = frozenset({"y", "yes"})


def ask(conflict: Conflict, drafts: Sequence[Draft], *, again: bool = False) -> str:
    """Shows what somebody wrote meanwhile beside what is about to be written.

    Gives `write` where the person wants theirs in its place, `again` (if that was offered) where they want to see their
    text again, and `leave` where neither.
    """
    console, names = terminal.console(), device_names(terminal.device)
    mine = _mine(drafts)
    console.print("[bold]Somebody changed this while you were writing:[/]")
    for one in conflict.fields:
        console.print(f"  [bold]{escape(one.field.replace('_', ' '))}[/]")
        if one.field in mine:
            console.print(f"    yours   {_indented(mine[one.field])}")
        for version in one.versions:
            console.print(f"    now     {_indented(version.value)}  [dim]{escape(origin(version, names))}[/]")
        if one.was is not UNSET:
            console.print(f"    [dim]before  {_indented(one.was)}[/]")
    offer = "y, `again` to open your text again, or Enter to leave it for now" if again else "y, or Enter to leave it"
    said = terminal.ask(f"Write yours in its place? The history keeps both. [dim]({offer})[/]").lower()
    if said in YES:
        return "write"
    return "again" if again and said in {"a", "again"} else "leave"


def _indented(value: object) -> str:
    return escape(words_of(value)).replace("\n", "\n            ")


def _mine(drafts: Sequence[Draft]) -> dict[str, object]:
    """Register → the value that is about to be written."""
    found: dict[str, object] = {}
    for draft in drafts:
        kind = EVENT_TYPES[draft.type].entity
        fields = {name: value for name, value in draft.fields.items() if name not in NOT_FIELDS}
        found |= by_register(kind, {**fields, **EVENT_TYPES[draft.type].sets})
    return found


def keep_words(drafts: Sequence[Draft]) -> Path:
    """Keeps what the person wrote in a file of its own, which only their user can open.

    Raises:
        StorageDamaged: the folder can't be written.
    """
    parts = []
    for draft in drafts:
        for name, value in draft.fields.items():
            if name != "id" and value is not None:
                parts.append(f"[{name.replace('_', ' ')}]\n{words_of(value)}\n")
    path = terminal.folder / f"not-written-{datetime.now().astimezone():%Y-%m-%d-%H%M%S-%f}.txt"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(parts))
    except OSError as error:
        raise StorageDamaged(f"{path} can't be written: {error.strerror}. See to its rights and room.") from error
    return path
