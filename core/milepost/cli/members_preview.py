"""`milepost members preview`: what somebody in a journal sees and may do there."""

from typing import Any

from msgspec import Struct

from milepost.cli.journals import journal_rows
from milepost.cli.members import MAY, Role, members
from milepost.cli.show import counted, escape
from milepost.cli.terminal import terminal
from milepost.policy import THERAPIST, owners_alone_change_goals


class Preview(Struct, frozen=True, kw_only=True):
    """What a member of a role reads in a journal (how many of each kind, and all titles of goals), what they may write, and
    which journals on this device stay out of their sight.
    """

    journal: str
    title: str
    role: str
    events: int
    reads: dict[str, int]
    goals: list[str]
    may: str
    writes: list[str]
    hidden: list[str]


@members.command(name="preview")
def members_preview(*, role: Role = "therapist") -> None:
    """What somebody in this journal sees: exactly what you see in it, and nothing of your other journals.

    Parameters
    ----------
    role
        As what they are in it.

    """
    state, journal = terminal.state(), terminal.journal()
    reads = {kind: len(state.visible(kind)) for kind in sorted(state.entities) if state.visible(kind)}
    writes = sorted(name for name, rule in THERAPIST.items() if rule != "never" and _may(rule, state, role))
    found = Preview(
        journal=journal,
        title=state.fields("journal", journal).get("title") or "",
        role=role,
        events=sum(progress.n for progress in state.devices.values()),
        reads=reads,
        goals=[state.fields("goal", goal).get("title") or "" for goal in state.visible("goal")],
        may=MAY[role],
        writes=writes if role != "owner" else ["everything"],
        hidden=[row["title"] for row in journal_rows() if row["id"] != journal],
    )

    def show(console: Any) -> None:
        console.print(f"Everybody in “{escape(found.title or 'this journal')}” reads all of it, now and later:")
        console.print("  " + ", ".join(_counted(kind, count) for kind, count in reads.items() if kind != "journal"))
        for title in found.goals:
            console.print(f"  · {escape(title)}")
        console.print(
            f"…and how each came to be: {counted(found.events, 'change')} since the beginning, with their authors."
        )
        console.print(f"A {role} {found.may}.")
        if found.hidden:
            console.print(f"They see nothing of: {', '.join(escape(title or 'a journal') for title in found.hidden)}.")

    terminal.answer(found, show)


def _may(rule: str, state: Any, role: str) -> bool:
    return role == "therapist" and (rule != "allowed" or not owners_alone_change_goals(state))


def _counted(kind: str, count: int) -> str:
    return counted(count, {"checkin": "check-in", "plan": "safety plan"}.get(kind, kind))


__all__ = ["members"]
