"""`milepost share` and `caseload`: a goal into another journal, and a therapist's view of the journals shared with them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from msgspec import Struct

from milepost.belonging import member_names, member_role, role_in
from milepost.cli.show import counted, escape, table
from milepost.cli.terminal import new_entity, terminal
from milepost.commands.sharing import copy_goal
from milepost.errors import InvalidInput, NotAllowed
from milepost.journal import State
from milepost.views.entities import topics
from milepost.views.proposals import open_proposals
from milepost.views.recurrence import zone_of
from milepost.views.today import next_session

Flag = Annotated[bool, Parameter(negative="")]
_LOOKED = "caseload_looked"
_decode = msgspec.json.Decoder(dict[str, int]).decode


class Shared(Struct, frozen=True, kw_only=True):
    """A goal that was copied: its id here and there, the journal, and how many events that took."""

    goal: str
    copy: str
    journal: str
    events: int


def share(id: str, /, *, to: str, with_history: Flag = False, yes: Flag = False) -> None:
    """Copy a goal into another journal, where its members read it. The one here stays as it is.

    Parameters
    ----------
    id
        The goal.
    to
        The journal, by its id.
    with_history
        With the check-ins about it; without, as it stands now.
    yes
        Don't ask.

    """
    goal, source = terminal.entity("goal", id), terminal.state()
    target = terminal.match(to, [row.journal for row in terminal.device.rows()], "journal")
    if target == source.journal:
        raise InvalidInput("That goal is in that journal already. Name another with --to: `milepost journal list`.")
    if role_in(terminal.device, target) != "owner":
        raise NotAllowed(
            "Only an owner of that journal can put goals into it. Propose it there, or in a journal of yours."
        )
    there = terminal.device.state(target)
    copy, drafts = copy_goal(source, there, goal, new_entity, history=with_history)
    if terminal.interactive and not yes:
        what = f"“{source.fields('goal', goal).get('title')}”, its steps, practices and measures"
        readers = ", ".join(escape(name) for name in _others(target)) or "nobody else yet"
        terminal.console().print(
            f"{escape(what)}{' and check-ins' if with_history else ''} will be read there by: {readers}."
        )
        if terminal.ask("Copy it? [dim](Enter for yes / no)[/]") in {"no", "n"}:
            raise InvalidInput("Nothing was copied.")
    written = terminal.device.append(target, drafts)
    answer = Shared(goal=goal, copy=copy, journal=target, events=len(written))
    terminal.answer(
        answer, lambda console: console.print(f"Copied: {counted(len(written), 'event')}. The one here stays.")
    )


def _others(journal: str) -> list[str]:
    names = member_names(terminal.device)
    return [
        name
        for account, name in names.items()
        if account != terminal.device.account and member_role(terminal.device, journal, account)
    ]


class Case(Struct, frozen=True, kw_only=True):
    """A journal that is shared with a therapist: whose it is, what others changed since it was last looked at, the next
    session (local), and what waits.
    """

    journal: str
    title: str
    owners: tuple[str, ...]
    changes: int
    next_session: str | None
    topics: int
    proposals: int


def caseload() -> None:
    """The journals that are shared with you as a therapist, the next session first. Nothing in it is ranked."""
    device = terminal.device
    rows = [row for row in device.rows() if role_in(device, row.journal) == "therapist"] if terminal.begun else []
    looked = _looked()
    found = sorted(
        (_case(row.journal, looked.get(row.journal, 0)) for row in rows),
        key=lambda one: (one.next_session is None, one.next_session or "", one.title, one.journal),
    )
    with device.log.transaction():
        device.log.set(
            _LOOKED, msgspec.json.encode({row.journal: device.log.end(row.journal) for row in rows}).decode()
        )

    def show(console: Any) -> None:
        shown = table("id", "journal", "of", "changed", "next session", "topics", "proposals")
        for one in found:
            when = (one.next_session or "").replace("T", " ")[:16]
            counts = (str(count) if count else "" for count in (one.topics, one.proposals))
            owners = ", ".join(escape(name) for name in one.owners)
            changed = counted(one.changes, "change") if one.changes else ""
            shown.add_row(one.journal[:8], escape(one.title), owners, changed, when, *counts)
        console.print(shown if found else "No journal is shared with you as a therapist.")
        if found:
            console.print("[dim]milepost --journal ID brief  is what to begin a session from.[/]")

    terminal.answer(found, show)


def _looked() -> dict[str, int]:
    kept = terminal.device.log.setting(_LOOKED)
    try:
        return _decode(kept) if kept else {}
    except msgspec.DecodeError:
        return {}


def _case(journal: str, looked: int) -> Case:
    device, state = terminal.device, terminal.device.state(journal)
    names = member_names(device)
    changes = sum(event.actor != device.account for _, event in device.log.events(journal, looked))
    return Case(
        journal=journal,
        title=state.fields("journal", journal).get("title") or "",
        owners=tuple(sorted(n for account, n in names.items() if member_role(device, journal, account) == "owner")),
        changes=changes,
        next_session=_next(state),
        topics=sum(topic.status == "open" for topic in topics(state)),
        proposals=sum(one.by != device.account for one in open_proposals(state)),
    )


def _next(state: State) -> str | None:
    """When the next session begins, local to the journal."""
    zone = zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC")
    found = next_session(state, datetime.now(zone))
    return found.start["at"] if found else None
