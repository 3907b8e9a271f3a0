"""Bare `milepost`: a welcome the first time, later what is near, how goals stand, and what waits."""

from typing import Any

from milepost.cli import show
from milepost.cli.terminal import terminal
from milepost.views.entities import plain
from milepost.views.journal import conflicts, journal_view
from milepost.views.proposals import open_proposals
from milepost.views.today import near, resting

MAX_NEAR = 5

WELCOME = """[bold]Welcome to Milepost.[/]

Here you keep what you want to be different: your own words, kept on this device.
Nothing leaves it until you pair it with a server.

  milepost goal add 'Say what I need, even when it is hard'
  milepost checkin --note 'asked for a break today'
  milepost --help

Goals with dates and numbers are fine, and so are open ones. So is a journal without any."""


def overview() -> None:
    """What is near, your goals, and what waits."""
    if not terminal.begun:
        terminal.answer(
            {"goals": [], "near": [], "unsent": 0, "conflicts": 0, "proposals": 0},
            lambda console: console.print(WELCOME),
        )
        return
    state, today = terminal.state(), terminal.today()
    view = journal_view(state)
    soon, waiting = () if resting(state, today) else near(state, today), conflicts(state)
    proposed = sum(one.by != terminal.device.account for one in open_proposals(state))
    unsent = sum(terminal.device.log.unsent_count(row.journal) for row in terminal.device.rows())
    active = [goal for goal in view.goals if goal.status == "active"]

    def draw(console: Any) -> None:
        ids = terminal.short_ids()
        if soon:
            shown = show.table("id", "near", "")
            for one in soon[:MAX_NEAR]:
                shown.add_row(ids[one.id], show.escape(one.title), show.say_date(one.due, today))
            console.print(shown)
            console.print()
        if active:
            show.goals(console, active, ids, today)
        elif view.checkins:
            show.checkins(console, view.checkins[-MAX_NEAR:], ids, today)
        folded = len(view.goals) - len(active)
        if folded:
            console.print(f"[dim]and {folded} put away: milepost goal list[/]")
        if unsent and terminal.device.log.setting("server"):
            console.print(f"[dim]{unsent} to sync: milepost sync[/]")
        if waiting:
            console.print(f"{len(waiting)} to settle: milepost conflicts")
        if proposed:
            console.print(f"{proposed} proposed to you: milepost proposals")

    rows = [{k: v for k, v in plain(g).items() if k not in {"milestones", "checkins"}} for g in active]
    answer = {"goals": rows, "near": [plain(one) for one in soon], "unsent": unsent, "conflicts": len(waiting)}
    terminal.answer({**answer, "proposals": proposed}, draw)
