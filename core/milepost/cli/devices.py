"""`milepost device …` and `access-log`: the devices and scripts of the account, and what was done to access."""

from typing import Any

from cyclopts import App

from milepost.belonging import member_names, role_in
from milepost.cli.as_of import local_time
from milepost.cli.dates import relative
from milepost.cli.show import escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.errors import NotFound
from milepost.membership import DeviceChange, short_name
from milepost.messages import SCOPES, Scope

device = App(name=["device", "devices"], help="The devices that sync with your server, and tokens for scripts.")

_KINDS = {"log": "device", "api": "script"}
_DID = {
    "changed connection": "changed the connection",
    "connection active": "let the connection go on",
    "connection asks": "asks for the connection",
    "connection paused": "paused the connection",
    "disconnected": "ended the connection",
}
"""What a log says was done to connections → how that is said."""


@device.command(name="list")
def device_list() -> None:
    """Every device and script that was ever given a token."""
    found = server().devices()

    def show(console: Any) -> None:
        shown = table("id", "name", "", "since", "")
        here = {row.device for row in terminal.device.rows()}
        for one in found:
            since = relative(local_time(one.created_at).date(), terminal.today())
            ended = "revoked" if one.revoked_at else ", ".join(one.scopes)
            if not one.revoked_at and here.intersection(one.writes_as):
                ended = "this device"
            shown.add_row(one.id[:8], escape(one.name), _KINDS.get(one.kind, one.kind), since, ended)
        console.print(shown)

    terminal.answer(found, show)


@device.command(name="token")
def device_token(name: str, /, *, scope: list[Scope] | None = None) -> None:
    """Make a token for a script that reads and writes over HTTP. It is shown this once.

    Parameters
    ----------
    name
        What you call the script.
    scope
        What it may: `read`, `write`, `manage` (calendar feeds). Give it again for more; without, all.

    """
    made = server().add_device(short_name(name), scope or SCOPES)

    def show(console: Any) -> None:
        console.print(made.token, soft_wrap=True)
        may = " and ".join(made.scopes) or "read and write"
        console.print(f"[dim]Whoever has this token can {may} all that you can; it is shown this once.[/]")
        console.print(f"[dim]milepost device revoke {made.id[:8]}  ends it.[/]")

    terminal.answer(made, show)


def _found(text: str) -> str:
    known = [one.id for one in server().devices()]
    if not known:
        raise NotFound("Your account has no devices.")
    return terminal.match(text, known, "device")


@device.command(name="rename")
def device_rename(id: str, name: str, /) -> None:
    """Call a device something else."""
    renamed = server().change_device(_found(id), DeviceChange(name=short_name(name)))
    with terminal.device.log.transaction():
        terminal.device.log.set("device_names", None)  # asked anew at the next sync
    terminal.answer(renamed, lambda console: console.print(f"It is called {escape(renamed.name)} now."))


@device.command(name="scopes")
def device_scopes(id: str, scope: list[Scope], /) -> None:
    """Change what a script's token may: any of `read`, `write` and `manage`. Counts from its next request on."""
    changed = server().change_device(_found(id), DeviceChange(scopes=list(scope)))
    may = " and ".join(changed.scopes or SCOPES)
    terminal.answer(changed, lambda console: console.print(f"{escape(changed.name)} may {may}."))


@device.command(name="revoke")
def device_revoke(id: str, /) -> None:
    """End a token: from the next request on it opens nothing. What was written with it stays."""
    ended = server().revoke_device(_found(id))
    terminal.answer(ended, lambda console: console.print("Revoked. What was written with it stays."))


def access_log() -> None:
    """Who did what to access: to this journal (members, invitations, feeds, connections), to your account (devices, tokens)."""
    remote = server()
    owner = terminal.begun and role_in(terminal.device, terminal.journal()) == "owner"
    found = [*(remote.access_log(terminal.journal()) if owner else []), *remote.access_log()]
    found.sort(key=lambda entry: entry.at)
    people, machines = member_names(terminal.device), {one.id: one.name for one in remote.devices()}

    def show(console: Any) -> None:
        shown = table("when", "who", "did", "to", "as")
        for one in found:
            moment = local_time(one.at)
            subject = people.get(one.subject) or machines.get(one.subject) or one.subject[:8]
            who = "you" if one.by == terminal.device.account else people.get(one.by) or one.by[:8]
            shown.add_row(
                f"{moment:%Y-%m-%d %H:%M}", escape(who), _DID.get(one.what, one.what), escape(subject), one.role
            )
        console.print(shown if found else "Nothing was done to access yet.")

    terminal.answer(found, show)
