"""`milepost admin …`: for who runs a server. A running one is asked over loopback; else the data folder is opened."""

import sys
from pathlib import Path
from typing import Any

from cyclopts import App

from milepost.archiving import ARCHIVE_EVENTS, KEPT_EVENTS
from milepost.cli.numbers import Whole
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput
from milepost.membership import short_name
from milepost_server.admin_asking import done
from milepost_server.admin_copies import Data, backup, move_store, restore
from milepost_server.administration import (
    ArchiveAsked,
    Archived,
    PairingCode,
    PairingCodeAsked,
    RenameAsked,
    User,
    UserAsked,
    Users,
    UsersAsked,
)
from milepost_server.key_admin import keys
from milepost_server.plugin_admin import plugins

admin = App(name="admin", help="For who runs a server.")
admin.command(backup)
admin.command(restore)
admin.command(move_store, name="migrate-store")
admin.command(plugins)
admin.command(keys)


@admin.command(name="pairing-code")
def pairing_code(*, data: Data = Path("milepost-data"), user: str = "") -> None:
    """Make a pairing code: it works once, within five minutes.

    Parameters
    ----------
    user
        For this account, by its name or id; without, for the first there was.

    """
    made = done(data, "pairing-code", PairingCodeAsked(user), PairingCode)

    def show(_: Any) -> None:
        sys.stdout.write(f"{made.code}\n")

    terminal.answer(made, show)


user = App(name="user", help="The accounts on a server.")
admin.command(user)


@user.command(name="add")
def user_add(name: str, /, *, data: Data = Path("milepost-data")) -> None:
    """Begin an account. `milepost admin pairing-code --user NAME` then pairs its first device.

    Parameters
    ----------
    name
        What the person is called.

    """
    made = done(data, "user-add", UserAsked(short_name(name)), User)

    def show(console: Any) -> None:
        console.print(f"{escape(made.name)} has an account, {made.id[:8]}.")
        console.print(
            f"[dim]milepost admin pairing-code --data {data} --user '{escape(made.name)}'  pairs a device.[/]"
        )

    terminal.answer(made, show)


@user.command(name="rename")
def user_rename(user: str, name: str, /, *, data: Data = Path("milepost-data")) -> None:
    """Call somebody something else: so they are told of to the others in their journals.

    Parameters
    ----------
    user
        The account, by its name or id.
    name
        What the person is called from now on.

    """
    made = done(data, "user-rename", RenameAsked(user, short_name(name)), User)
    terminal.answer(made, lambda console: console.print(f"It is {escape(made.name)} now."))


@user.command(name="list")
def user_list(*, data: Data = Path("milepost-data")) -> None:
    """Who has an account, the oldest first."""
    found = done(data, "user-list", UsersAsked(), Users).users

    def show(console: Any) -> None:
        shown = table("id", "name")
        for one in found:
            shown.add_row(one.id, escape(one.name))
        console.print(shown)

    terminal.answer(found, show)


@admin.command
def archive(*, data: Data = Path("milepost-data"), keep: Whole = KEPT_EVENTS) -> None:
    """Pack old events away. They stay in the log and are read as before, and take a fraction of the room.

    Parameters
    ----------
    keep
        So many of each journal's newest events stay as they are, at least.

    """
    if keep < 0:
        raise InvalidInput("--keep can't be below 0.")
    found = done(data, "archive", ArchiveAsked(keep=keep), Archived)

    def show(console: Any) -> None:
        if found.events:
            console.print(f"Packed away {found.events} events of {found.journals} journals.")
        else:
            console.print(f"Nothing to pack away: it takes {ARCHIVE_EVENTS} events beyond the {keep} that are kept.")

    terminal.answer(found, show)
