"""`milepost pair` and `sync`: the commands that speak to a server."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from milepost.belonging import learn_members
from milepost.cli.journals import journal_rows
from milepost.cli.qr import qr as drawn
from milepost.cli.show import counted, escape
from milepost.cli.terminal import local_zone, terminal
from milepost.clock import wall_clock_ms
from milepost.device_names import learn_device_names
from milepost.device_standing import clock_standing, note_sync
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft
from milepost.steps import SyncFailed

if TYPE_CHECKING:
    from milepost.client import HttpServer, SyncReport
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
    url: str | None = None,
    code: str | None = None,
    /,
    *,
    name: str | None = None,
    join: str | None = None,
    keep: Annotated[bool, Parameter(negative="")] = False,
    show_link: Annotated[bool, Parameter(negative="")] = False,
    qr: Annotated[bool | None, Parameter(negative="--no-qr")] = None,
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
    show_link
        On a device that is paired: make a code for one more of yours, and show it with a link that a browser opens.
    qr
        With that link as a code that a phone can read. At a terminal you get it anyway; --no-qr leaves it out.

    """
    if show_link:
        if url or code or name or join or keep:
            raise InvalidInput("`milepost pair --show-link` is for a device that is paired already: give nothing else.")
        _show_link(with_qr=terminal.interactive if qr is None else qr)
        return
    if url is None or code is None:
        raise InvalidInput("Give the server's address and a code of it: `milepost pair URL CODE`.")
    if join and keep:
        raise InvalidInput("Choose one: --join a journal, or --keep what is here apart.")
    address = url if "://" in url else f"http://{url}"
    answer, joined = paired_with(address, code, name or socket.gethostname() or "device", join=join, keep=keep)
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


def _show_link(*, with_qr: bool) -> None:
    """Makes a code for one more device of the account, and says what to do with it."""
    remote, address = server(), terminal.device.log.setting("server") or ""
    made = remote.device_code()
    link = f"{address}/connect#{made.code}"

    def show(console: Any) -> None:
        minutes = max(1, round((made.expires_at - wall_clock_ms()) / 60_000))
        console.print(f"For one more device of yours, within {counted(minutes, 'minute')}. In a browser:\n")
        console.print(link, markup=False, soft_wrap=True)
        if with_qr:
            console.print(drawn(link), markup=False, highlight=False)
        console.print("\nAt a terminal:\n")
        console.print(f"milepost pair {address} {made.code}", markup=False, soft_wrap=True)
        console.print("\n[dim]Whoever uses it first reads and writes all that you can. Give it to nobody else.[/]")

    terminal.answer({"server": address, "code": made.code, "link": link, "expires_at": made.expires_at}, show)


def paired_with(
    address: str, code: str, called: str, *, join: str | None = None, keep: bool = False, account_name: str = ""
) -> "tuple[PairAnswer, str | None]":
    """Pairs this device, by an account's code, or with an `account_name` by an invitation's; the journal in use is told too."""
    from milepost.client import HttpServer

    device = terminal.device
    own = next((row.journal for row in device.rows() if not row.claimed), "")
    answer = HttpServer(address).pair(code, called, journal="" if join else own, keep=keep, account_name=account_name)
    with device.log.transaction():
        device.log.set("server", address.rstrip("/"))
        device.log.set("token", answer.token)
        for told in ("device_names", "member_names", "roles"):
            device.log.set(told, None)
        device.log.set("name", called)
        device.adopt_account(answer.account)
        return answer, _settle_in(answer, own, join)


def _settle_in(answer: "PairAnswer", own: str, join: str | None) -> str | None:
    """Makes the account's journals this device's, and finds the place of what was here before."""
    device = terminal.device
    for entry in answer.journals:
        if entry.id == own:
            device.log.set_claimed(own, private=entry.private)
        else:
            device.welcome(entry.id, private=entry.private)
    theirs = [entry.id for entry in sorted(answer.journals, key=lambda one: not one.private) if entry.id != own]
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


def sync_now(
    remote: "HttpServer", progress: Callable[["SyncReport"], None] = lambda _: None, *, wait: bool = True
) -> "SyncReport":
    """Brings both sides together once, and notes when that was and what the devices are called.

    `wait`: for other devices to bring back what the server lost, where this one has only its state.
    """
    from milepost import client

    before = {row.journal for row in terminal.device.rows()}
    report = client.sync(terminal.device, remote, progress, wait=wait)
    learn_device_names(terminal.device, remote)
    if report.received or report.left or {row.journal for row in terminal.device.rows()} != before:
        _learn_journals(remote)
    note_sync(terminal.device, remote.clock_ahead_ms)
    return report


def _learn_journals(remote: "HttpServer") -> None:
    """Whose the journals are, and who is in those that are shared; a private one that nobody began is begun."""
    device, found = terminal.device, remote.journals()
    here = {row.journal: row for row in device.rows()}
    for entry in found:
        with device.log.transaction():
            if entry.id in here and here[entry.id].private != entry.private:
                device.log.set_claimed(entry.id, private=entry.private)
            if entry.private and entry.empty and entry.id in here and not device.state(entry.id).devices:
                device.append(entry.id, [Draft("journal.opened", {"title": "Private", "time_zone": local_zone()})])
    learn_members(device, remote, [entry.id for entry in found if not entry.private and entry.id in here])


def sync(
    *,
    watch: Annotated[bool, Parameter(negative="")] = False,
    go_on: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Send what is new here, take what is new there, for every journal, until both sides have the same.

    Parameters
    ----------
    watch
        Go on doing so, as soon as anything changes on either side, until Ctrl-C.
    go_on
        Wait for no other device to bring back what the server lost: what this one knows of it is written anew.

    """
    if watch:
        from milepost.cli.watching import watch as follow

        follow(server())
        return
    report = sync_now(server(), wait=not go_on)
    terminal.answer(report, lambda console: print_report(console, report))
    if report.problems:
        raise SyncFailed("Not every journal could be synced. Everything is kept here.")


def lost_and_found(events: int) -> str:
    """What is said where a server was given back what it had lost."""
    return f"The server had lost {counted(events, 'event')}; it has {'it' if events == 1 else 'them'} again."


def print_report(console: Any, report: "SyncReport") -> None:
    """What a sync did, and what waits for the person now."""
    if report.sent or report.received:
        console.print(f"Sent {report.sent}, received {report.received}.")
    elif not report.problems and not report.left:
        console.print("All in step.")
    if report.repaired:
        console.print(lost_and_found(report.repaired))
    if report.unproven:
        lost = counted(report.unproven, "event")
        console.print(f"It lacks {lost} of others', which only they can give back. They are kept here.")
    if report.rejected:
        console.print(f"The server refused {report.rejected}; your words are kept: `milepost refused`.")
    rows = journal_rows()
    waiting = sum(row["conflicts"] for row in rows)
    if waiting:
        console.print(f"{waiting} to settle: `milepost conflicts`.")
    for journal in report.left:
        console.print(f"You are in journal {journal[:8]} no more. What is here stays on this device.")
    for journal, problem in report.problems.items():
        console.print(f"Journal {journal[:8]}: {escape(problem)}")
    if trouble := clock_standing(terminal.device).words:
        console.print(trouble)
