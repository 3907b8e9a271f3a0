"""`milepost device …`: the devices and scripts of the account, and tokens for scripts."""

from datetime import UTC, datetime
from typing import Any

from cyclopts import App

from milepost.cli.dates import relative
from milepost.cli.show import escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.errors import NotFound

device = App(name="device", help="The devices that sync with your server, and tokens for scripts.")

_KINDS = {"log": "device", "api": "script"}


@device.command(name="list")
def device_list() -> None:
    """Every device and script that was ever given a token."""
    found = server().devices()

    def show(console: Any) -> None:
        shown = table("id", "name", "", "since", "")
        for one in found:
            since = relative(datetime.fromtimestamp(one.created_at / 1000, UTC).date(), terminal.today())
            ended = "revoked" if one.revoked_at else ""
            shown.add_row(one.id[:8], escape(one.name), _KINDS.get(one.kind, one.kind), since, ended)
        console.print(shown)

    terminal.answer(found, show)


@device.command(name="token")
def device_token(name: str, /) -> None:
    """Make a token for a script that reads and writes over HTTP. It is shown this once.

    Parameters
    ----------
    name
        What you call the script.

    """
    made = server().add_device(name)

    def show(console: Any) -> None:
        console.print(made.token, soft_wrap=True)
        console.print("[dim]Whoever has this token can read and write all that you can; it is shown this once.[/]")
        console.print(f"[dim]milepost device revoke {made.id[:8]}  ends it.[/]")

    terminal.answer(made, show)


@device.command(name="revoke")
def device_revoke(id: str, /) -> None:
    """End a token: from the next request on it opens nothing. What was written with it stays."""
    remote = server()
    known = [one.id for one in remote.devices()]
    if not known:
        raise NotFound("Your account has no devices.")
    ended = remote.revoke_device(terminal.match(id, known, "device"))
    terminal.answer(ended, lambda console: console.print("Revoked. What was written with it stays."))
