"""`milepost admin keys`: the keys that seal what plugins are trusted with, and changing them, for who runs a server."""

from pathlib import Path
from typing import Any

from cyclopts import App

from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost_server.admin_asking import done
from milepost_server.admin_copies import Data
from milepost_server.administration import (
    SealedAnew,
    SealingKeyAdded,
    SealingKeyNamed,
    SealingKeys,
    SealingKeysAsked,
)

keys = App(name="keys", help="The keys that seal what plugins are trusted with: passwords, tokens, what they keep.")


@keys.command(name="list")
def keys_list(*, data: Data = Path("milepost-data")) -> None:
    """Which keys there are, and how much is sealed by each."""
    found = done(data, "key-list", SealingKeysAsked(), SealingKeys).keys

    def show(console: Any) -> None:
        shown = table("key", "", "sealed by it")
        for one in found:
            shown.add_row(escape(one.id), "seals" if one.seals else "opens", str(one.sealed))
        console.print(shown)

    terminal.answer(found, show)


@keys.command(name="add")
def keys_add(*, data: Data = Path("milepost-data")) -> None:
    """Add a key. It opens from now on; `keys use` has it seal, once every server on the database has the file."""
    made = done(data, "key-add", SealingKeysAsked(), SealingKeyAdded)

    def show(console: Any) -> None:
        console.print(f"{made.id} is a new key in secrets.key. It opens, and does not seal yet.")
        console.print("[dim]Where several servers share the database, copy the file to each of them now.[/]")
        console.print(f"[dim]milepost admin keys use {made.id} --data {data}  seals by it, and all there is anew.[/]")

    terminal.answer(made, show)


@keys.command(name="use")
def keys_use(key: str, /, *, data: Data = Path("milepost-data")) -> None:
    """Seal by a key from now on, and seal anew what others have sealed. A server may run meanwhile.

    Parameters
    ----------
    key
        The key, as `keys list` names it.

    """
    made = done(data, "key-use", SealingKeyNamed(key), SealedAnew)

    def show(console: Any) -> None:
        console.print(f"{escape(key)} seals now. Sealed anew: {made.texts}.")
        console.print(
            f"[dim]milepost admin keys drop OLD --data {data}  leaves out a key that nothing is sealed by.[/]"
        )

    terminal.answer(made, show)


@keys.command(name="drop")
def keys_drop(key: str, /, *, data: Data = Path("milepost-data")) -> None:
    """Leave out a key that nothing is sealed by any more. Backups from before need it still: keep a copy with them.

    Parameters
    ----------
    key
        The key, as `keys list` names it.

    """
    made = done(data, "key-drop", SealingKeyNamed(key), SealingKeyNamed)
    terminal.answer(made, lambda console: console.print(f"{escape(made.id)} is left out of secrets.key."))
