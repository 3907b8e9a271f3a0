"""`milepost invite`, `join` and `members …`: who reads and writes a journal together."""

import getpass
import socket
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from msgspec import Struct

from milepost.belonging import learn_members, note_left, role_in
from milepost.cli.as_of import local_time
from milepost.cli.dates import relative
from milepost.cli.numbers import Whole
from milepost.cli.show import counted, escape, table
from milepost.cli.syncing import paired_with, sync_now
from milepost.cli.syncing import server as own_server
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, NotAllowed, NotFound
from milepost.events import Draft
from milepost.membership import MAX_INVITATION_DAYS, Invitation, InvitationRequest, InvitationSeen, Member, short_name
from milepost.policy import owners_alone_change_goals

Role = Literal["owner", "therapist", "reader"]
Flag = Annotated[bool, Parameter(negative="")]

invite = App(name="invite", help="Invite somebody into a journal.")
members = App(name="members", help="Who reads and writes a journal together.")

MAY = {
    "owner": "reads everything, writes everything, invites and removes",
    "therapist": "reads everything, plans sessions, adds topics and reflections, and proposes changes of goals",
    "reader": "reads everything, and writes nothing",
}
BOTH_SIDES = "Nobody watches a journal between sessions, and it is no clinical record."


def _day(ms: int) -> str:
    return relative(local_time(ms).date(), terminal.today())


# Inviting


@invite.default
def invite_one(*, role: Role = "therapist", days: Whole = 7, quiet: Flag = False, yes: Flag = False) -> None:
    """Make a code that opens this journal to one person, once.

    Parameters
    ----------
    role
        What they may: `therapist`, `reader`, or `owner` like yourself.
    days
        For how long the code is good.
    quiet
        Print the code alone.
    yes
        Don't ask before a journal that was private is shared.

    """
    if not 1 <= days <= MAX_INVITATION_DAYS:
        raise InvalidInput(f"An invitation is good for 1 to {MAX_INVITATION_DAYS} days, as in `--days 7`.")
    remote, journal = own_server(), terminal.journal()
    sync_now(remote)
    _says_who_reads(journal, role, yes=yes)
    made = remote.invite(journal, InvitationRequest(role=role, days=days))

    def show(console: Any) -> None:
        console.print(made.code, soft_wrap=True)
        if quiet:
            return
        console.print(
            f"\nWho has it joins this journal as {role}, who {MAY[role]}. It works once, for {counted(days, 'day')}."
        )
        if made.waits_for:
            console.print(
                "It opens nothing before the other owners agree: `milepost invite consent`, on their devices."
            )
        address = terminal.device.log.setting("server") or ""
        console.print("\n[dim]With an account on your server:[/]  milepost join " + made.code)
        console.print(f"[dim]Without one:[/]  milepost join {made.code} --server {escape(address)}", soft_wrap=True)
        console.print(f"\n[dim]{BOTH_SIDES} `milepost members preview` shows what they will read.[/]")

    terminal.answer(made, show)


def _says_who_reads(journal: str, role: str, *, yes: bool) -> None:
    if not terminal.device.log.journal(journal).private or yes:
        return
    if not terminal.interactive:
        raise InvalidInput(
            "This is your private journal, and whoever joins reads all of it, your safety plan too. Give --yes if that "
            "is what you want; `milepost journal new` makes a journal to share."
        )
    terminal.console().print(
        f"This is your private journal. Whoever joins reads all of it, since its beginning: your safety plan and "
        f"assessments too. Another way is a journal to share (`milepost journal new`), with what you choose copied into "
        f"it (`milepost share`). [dim]({MAY[role]})[/]"
    )
    if terminal.ask("Share this one? [dim](yes / Enter for no)[/]") != "yes":
        raise InvalidInput("Nobody was invited.")


@invite.command(name="list")
def invite_list() -> None:
    """The journal's invitations, and what became of them."""
    found = own_server().invitations(terminal.journal())

    def show(console: Any) -> None:
        shown = table("id", "as", "made", "until", "")
        for one in found:
            shown.add_row(one.id[:8], one.role, _day(one.created_at), _day(one.expires_at), _fate(one))
        console.print(shown if found else "Nobody was invited. `milepost invite` makes a code.")

    terminal.answer(found, show)


def _fate(one: Invitation) -> str:
    if one.used_at is not None:
        return "used"
    if one.withdrawn_at is not None:
        return "taken back"
    return f"waits for {counted(len(one.waits_for), 'owner')}" if one.waits_for else ""


@invite.command(name="consent")
def invite_consent(id: str, /) -> None:
    """Agree, as another owner, that somebody is invited."""
    remote, journal = own_server(), terminal.journal()
    known = [one.id for one in remote.invitations(journal)]
    given = remote.consent(journal, terminal.match(id, known, "invitation"))
    words = "Agreed; others have yet to." if given.waits_for else "Agreed."
    if given.used_at is not None or given.withdrawn_at is not None:
        words = f"That invitation was {_fate(given)} already, and its code opens nothing."
    terminal.answer(given, lambda console: console.print(words))


@invite.command(name="withdraw")
def invite_withdraw(id: str, /) -> None:
    """Take an invitation back: from now on its code opens nothing."""
    remote, journal = own_server(), terminal.journal()
    known = [one.id for one in remote.invitations(journal)]
    ended = remote.withdraw_invitation(journal, terminal.match(id, known, "invitation"))
    words = "It was used already: `milepost members remove` ends what it opened." if ended.used_at else "Taken back."
    terminal.answer(ended, lambda console: console.print(words))


# Joining


class Joined(Struct, frozen=True, kw_only=True):
    """The journal that was joined, its title, and the role in it."""

    journal: str
    title: str
    role: str


def join(
    code: str,
    /,
    *,
    server: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    name: str | None = None,
    yes: Flag = False,
) -> None:
    """Join a journal that somebody invited you to.

    Parameters
    ----------
    code
        The invitation's code, as in K7QM-2XTP-9HJC.
    server
        The server's address, where this device is not paired yet: an account of yours begins there.
    as_
        What you are called there, then; your name on this machine if you don't say.
    name
        What this device is called there, then.
    yes
        Don't ask.

    """
    from milepost.client import HttpServer

    paired, called_there = bool(terminal.device.log.setting("token")), ""
    if not paired and not server:
        raise InvalidInput(
            "This device is not paired with a server yet. Give the address that came with the code: "
            f"`milepost join {code} --server URL --as 'Your Name'`."
        )
    if paired and server and server.rstrip("/") != terminal.device.log.setting("server"):
        raise InvalidInput(f"This device is paired with {terminal.device.log.setting('server')}. Leave --server out.")
    address = server if server is None or "://" in server else f"http://{server}"
    remote = HttpServer(address) if address and not paired else own_server()
    seen = remote.look(code)
    _agree(seen, yes=yes)
    if paired:
        remote.join(code)
    else:
        called = name or socket.gethostname() or "device"
        paired_with(address or "", code, called, account_name=short_name(as_) if as_ else getpass.getuser())
        called_there = "" if as_ else getpass.getuser()
    report = sync_now(own_server())
    if not terminal.device.log.setting("journal"):
        with terminal.device.log.transaction():
            terminal.device.log.set("journal", seen.journal)
    answer = Joined(journal=seen.journal, title=seen.title, role=seen.role)

    def show(console: Any) -> None:
        console.print(f"You are in “{escape(seen.title or 'the journal')}” as {seen.role}, who {MAY[seen.role]}.")
        console.print(
            f"[dim]milepost --journal {seen.journal[:8]} …  is about it, `milepost journal use` stays with it.[/]"
        )
        if called_there:
            console.print(
                f"The others see you as “{escape(called_there)}”, your name on this machine. Whoever runs the server can "
                "give you another: `milepost admin user rename`."
            )
        for journal, problem in report.problems.items():
            console.print(f"Journal {journal[:8]}: {escape(problem)}")

    terminal.answer(answer, show)


def _agree(seen: InvitationSeen, *, yes: bool) -> None:
    """Says what the code opens, before it is used."""
    if not terminal.interactive:
        return
    console = terminal.console()
    console.print(f"{escape(seen.invited_by)} invites you to “{escape(seen.title or 'a journal')}” as {seen.role}.")
    console.print(f"There are: {', '.join(f'{escape(one.name)} ({one.role})' for one in seen.members)}.")
    console.print(f"A {seen.role} {MAY[seen.role]}. All of them will see what you write there. [dim]{BOTH_SIDES}[/]")
    if seen.waits:
        console.print("Another owner has to agree first.")
    if not yes and terminal.ask("Join? [dim](Enter for yes / no)[/]") in {"no", "n"}:
        raise InvalidInput("You did not join. The code is still good.")


# Members


@members.command(name="list")
def members_list() -> None:
    """Who is in the journal, and what they may."""
    remote, journal = own_server(), terminal.journal()
    found = remote.members(journal)
    learn_members(terminal.device, remote, [journal])

    def show(console: Any) -> None:
        shown = table("id", "name", "", "since")
        for one in found:
            called = f"{escape(one.name)} (you)" if one.you else escape(one.name)
            shown.add_row(one.id[:8], called, one.role, _day(one.joined_at))
        console.print(shown)
        for role in sorted({one.role for one in found}):
            console.print(f"[dim]A{'n' if role == 'owner' else ''} {role} {MAY[role]}.[/]")

    terminal.answer(found, show)


@members.command(name="call-me")
def members_call_me(name: str, /) -> None:
    """Say what others call you, in every journal of your account."""
    remote = own_server()
    renamed = remote.rename_account(short_name(name))
    learn_members(terminal.device, remote, [row.journal for row in terminal.device.rows() if row.claimed])
    terminal.answer(renamed, lambda console: console.print(f"Others see you as {escape(renamed.name)} now."))


def _member(remote: Any, journal: str, text: str) -> Member:
    """A member by the beginning of the id, or by the whole name.

    Raises:
        NotFound: nobody, or several.
    """
    found: list[Member] = remote.members(journal)
    named = [one for one in found if one.name == text]
    if len(named) == 1:
        return named[0]
    if not any(text and one.id.startswith(text.strip().lower()) for one in found):
        raise NotFound(
            f"There is no member called {text!r}, nor one whose id begins so. `milepost members list` shows them."
        )
    wanted = terminal.match(text, [one.id for one in found], "member")
    return next(one for one in found if one.id == wanted)


@members.command(name="remove")
def members_remove(id: str, /) -> None:
    """End a member's access: from the next request on they read and write nothing. What they wrote stays.

    What they read before, and what is on their devices, can't be called back.
    """
    remote, journal = own_server(), terminal.journal()
    ended = remote.remove_member(journal, _member(remote, journal, id).id)
    learn_members(terminal.device, remote, [journal])
    terminal.answer(
        ended,
        lambda console: console.print(f"{escape(ended.name)} reads and writes here no more. What was written stays."),
    )


@members.command(name="leave")
def members_leave() -> None:
    """Leave the journal. What is on this device stays here, and is synced no further."""
    remote, journal = own_server(), terminal.journal()
    sync_now(remote)
    mine = next((one for one in remote.members(journal) if one.you), None)
    if mine is None:
        raise NotFound("You are not in that journal any more.")
    ended = remote.remove_member(journal, mine.id)
    note_left(terminal.device, journal)
    terminal.answer(ended, lambda console: console.print("You left. What is here stays on this device, for you alone."))


@members.command(name="role")
def members_role(id: str, role: Role, /) -> None:
    """Give a member another role. An owner's rights are given up by that owner alone."""
    remote, journal = own_server(), terminal.journal()
    changed = remote.change_member(journal, _member(remote, journal, id).id, role)
    learn_members(terminal.device, remote, [journal])
    terminal.answer(changed, lambda console: console.print(f"{escape(changed.name)} is {changed.role} now."))


@members.command(name="hand-over")
def members_hand_over(id: str, /, *, stay: Literal["therapist", "reader"] | None = None) -> None:
    """Make another member the owner in your place. You leave, unless you say as what you stay.

    Parameters
    ----------
    stay
        Stay in the journal, as `therapist` or `reader`.

    """
    remote, journal = own_server(), terminal.journal()
    sync_now(remote)
    chosen, me = _member(remote, journal, id), terminal.device.account
    if chosen.id == me:
        raise InvalidInput(
            "Name another member: you own the journal already. `milepost members list` shows who is in it."
        )
    heir = remote.change_member(journal, chosen.id, "owner")
    if stay:
        remote.change_member(journal, me, stay)
        sync_now(remote)
    else:
        remote.remove_member(journal, me)
        note_left(terminal.device, journal)
    words = f"{escape(heir.name)} owns the journal now. " + (f"You are {stay}." if stay else "You left.")
    terminal.answer(heir, lambda console: console.print(words))


@members.command(name="allow-changes")
def members_allow_changes(*, off: Flag = False) -> None:
    """Let the therapist change goals, measures, milestones and practices directly. Without it, they propose.

    Parameters
    ----------
    off
        From now on they propose again.

    """
    journal = terminal.journal()
    if role_in(terminal.device, journal) != "owner":
        raise NotAllowed("Only an owner of the journal can allow that.")
    if owners_alone_change_goals(terminal.state()) != off:
        terminal.write([Draft("journal.revised", {"owners_only": off})])
    now = owners_alone_change_goals(terminal.state())
    words = (
        "A therapist proposes changes of goals; an owner accepts." if now else "A therapist may change goals directly."
    )
    terminal.answer({"journal": journal, "owners_only": now}, lambda console: console.print(words))
