"""`milepost pair`, `sync` and `status`: the commands that speak to a server, and the one that says how things stand."""

import socket
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from milepost.cli.journals import journal_rows
from milepost.cli.show import counted, escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, NotFound
from milepost.journal import state_hash
from milepost.sync import SyncFailed

if TYPE_CHECKING:
    from milepost.client import HttpServer
    from milepost.messages import PairAnswer


def server() -> "HttpServer":
    """The server this device is paired with.

    Raises:
        NotFound: none.

    """
    from milepost.client import HttpServer

    url, token = terminal.device.log.setting("server"), terminal.device.log.setting("token")
    if not url or not token:
        raise NotFound("This device is not paired with a server. `milepost pair URL CODE` does that.")
    return HttpServer(url, token)


def pair(
    url: str,
    code: str,
    /,
    *,
    name: str | None = None,
    join: str | None = None,
    keep: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Connect this device to a server, with a code made there. What is here already joins the account's private journal.

    Parameters
    ----------
    url
        The server's address.
    code
        The one-time code, as in K7QM-2XTP.
    name
        What this device is called there.
    join
        Put what is here into this journal of the account instead.
    keep
        Keep what is here as a journal of its own.

    """
    from milepost.client import HttpServer

    if join and keep:
        raise InvalidInput("Choose one: --join a journal, or --keep what is here apart.")
    address = url if "://" in url else f"http://{url}"
    device = terminal.device
    unsent = [row.journal for row in device.rows() if not row.claimed]
    own = next(iter(unsent), "")
    answer = HttpServer(address).pair(
        code, name or socket.gethostname() or "device", journal="" if join else own, keep=keep
    )
    with device.log.transaction():
        device.log.set("server", address.rstrip("/"))
        device.log.set("token", answer.token)
        device.adopt_account(answer.account)
        joined = _settle_in(answer, own, join)
    terminal.answer(
        {
            "server": address.rstrip("/"),
            "account": answer.account,
            "account_name": answer.account_name,
            "journal": joined,
            "journals": answer.journals,
        },
        lambda console: console.print(f"Paired with {escape(address)}. `milepost sync` brings both sides together."),
    )


def _settle_in(answer: "PairAnswer", own: str, join: str | None) -> str | None:
    """Makes the account's journals this device's, and finds the place of what was here before."""
    device = terminal.device
    for entry in answer.journals:
        if entry.id == own:
            device.log.set_claimed(own, private=entry.private)
        else:
            device.welcome(entry.id, private=entry.private)
    theirs = [entry.id for entry in answer.journals if entry.id != own]
    if join is not None:
        target = terminal.match(join, theirs, "journal")
    elif own and not answer.claimed:
        target = next(entry.id for entry in answer.journals if entry.private)
    else:
        return own or (theirs[0] if theirs else None)
    if own and own != target:
        device.move_into(own, target)
    device.log.set("journal", target)
    return target


def sync(*, go_on: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Send what is new here, take what is new there, for every journal, until both sides have the same.

    Parameters
    ----------
    go_on
        Wait for no other device to bring back what the server lost: what this one knows of it is written anew.

    """
    from milepost import client

    report = client.sync(terminal.device, server(), wait=not go_on)

    def show(console: Any) -> None:
        if report.sent or report.received:
            console.print(f"Sent {report.sent}, received {report.received}.")
        elif not report.problems:
            console.print("All in step.")
        if report.repaired:
            console.print(f"The server had lost {counted(report.repaired, 'event')}, and has them again.")
        if report.rejected:
            console.print(f"{report.rejected} could not be taken; `milepost status` shows them.")
        waiting = sum(row["conflicts"] for row in journal_rows())
        if waiting:
            console.print(f"{waiting} to settle: `milepost conflicts`.")
        for journal, problem in report.problems.items():
            console.print(f"Journal {journal[:8]}: {escape(problem)}")

    terminal.answer(report, show)
    if report.problems:
        raise SyncFailed("Not every journal could be synced. Everything is kept here.")


def status() -> None:
    """How things stand: what is unsent, what waits to be settled, where the log ends."""
    device = terminal.device
    rows = journal_rows()
    chosen = terminal.journal() if terminal.begun else None
    row = next((r for r in rows if r["id"] == chosen), None)
    rejected = device.log.rejected(chosen) if chosen else []
    answer = {
        "device": device.log.journal(chosen).device if chosen else device.id,
        "account": device.account,
        "server": device.log.setting("server"),
        "journal": chosen,
        "state_hash": state_hash(device.state(chosen)) if chosen else None,
        "head": row["head"] if row else 0,
        "unsent": sum(r["unsent"] for r in rows),
        "quarantined": sum(r["rejected"] for r in rows),
        "conflicts": sum(r["conflicts"] for r in rows),
        "rejected": [{"type": r.event.type, "n": r.event.n, "reason": r.reason} for r in rejected],
        "journals": rows,
    }

    def show(console: Any) -> None:
        console.print(f"Server     {escape(answer['server'] or 'none yet; everything stays on this device')}")
        console.print(f"{'To sync  ' if answer['server'] else 'Kept here'}  {answer['unsent']}")
        console.print(f"To settle  {answer['conflicts']}")
        for one in rejected:
            console.print(f"Not taken  {one.event.type}: {escape(one.reason)}")
        if chosen:
            console.print(f"Log        {answer['head']} events from the server, state {str(answer['state_hash'])[:12]}")

    terminal.answer(answer, show)
