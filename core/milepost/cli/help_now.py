"""`milepost help-now`: the person's own safety plan, then who listens right now. It works whatever is broken."""

import tomllib
from importlib.resources import files
from typing import Any

from milepost.cli.plain_copies import keep_plan, plan_text, read_plan
from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.errors import MilepostError
from milepost.views import entities
from milepost.views.entities import Plan, plain

PARTS = {
    "signs": "How I notice it",
    "helps": "What helps me",
    "people": "Who I can turn to",
    "places": "Where I am safe",
}


def plan_rows(plan: Plan) -> list[tuple[str, str]]:
    """(heading, words) of the parts that are written."""
    return [(words, getattr(plan, name)) for name, words in PARTS.items() if getattr(plan, name)]


def every_plan() -> dict[str, Plan]:
    """Journal → its plan, of all on this device that have one; that of the journal in use first.

    Raises:
        StorageDamaged: they can't be read.
    """
    if not terminal.begun:
        return {}
    states = {row.journal: terminal.device.state(row.journal) for row in terminal.device.rows()}
    found = {journal: entities.own(state, Plan, "plan") for journal, state in states.items()}
    in_use = terminal.journal()
    return {journal: found[journal] for journal in sorted(found, key=lambda j: j != in_use) if found[journal] != Plan()}


def journal_title(journal: str) -> str:
    """What a journal is called."""
    return str(terminal.device.state(journal).fields("journal", journal).get("title") or "")


CHANGING = frozenset({"plan", "sync", "pair", "undo", "redact", "conflicts", "help-now"})
"""Commands after which a plan may be another."""


def copy_plans() -> None:
    """Keeps the plain copy as the plans are.

    Raises:
        StorageDamaged: they can't be read; the copy stays as it is.
    """
    plans = every_plan()
    titles = {journal: journal_title(journal) if len(plans) > 1 else "" for journal in plans}
    keep_plan(terminal.folder, plan_text((titles[journal], plan_rows(plan)) for journal, plan in plans.items()))


def help_lines(region: str | None) -> tuple[str, str, list[dict[str, str]], list[str]]:
    """(as of, the emergency number of a region or nothing, its lines, all regions there are)."""
    data = tomllib.loads((files("milepost") / "data" / "help_lines.toml").read_text(encoding="utf-8"))
    wanted = (region or "").strip().upper().replace("UK", "GB")
    return (
        data["as_of"],
        data["emergency"].get(wanted, ""),
        [x for x in data["line"] if x["region"] == wanted],
        sorted({x["region"] for x in data["line"]}),
    )


def help_now(*, region: str | None = None) -> None:
    """Your own safety plan, then who listens right now.

    Parameters
    ----------
    region
        A country, as in US, GB or DE. It is never guessed.
    """
    plans, titles, copy, broken = dict[str, Plan](), dict[str, str](), "", ""
    try:
        with terminal.file_trouble():
            plans = every_plan()
            titles = {journal: journal_title(journal) for journal in plans}
    except MilepostError as error:
        copy, broken = read_plan(terminal.folder), str(error)
    as_of, emergency, lines, regions = help_lines(region)

    def show(console: Any) -> None:
        for journal, plan in plans.items():
            if len(plans) > 1:
                console.print(f"[dim]{escape(titles[journal])}[/]")
            for heading, words in plan_rows(plan):
                console.print(f"[bold]{heading}[/]\n  {escape(words)}")
        if copy:
            console.print(escape(copy.rstrip()))
        number = emergency or "your local emergency number"
        console.print(f"[bold]If you or somebody else is in danger, call {number} now.[/]")
        for line in lines:
            console.print(
                f"{escape(line['name'])}: {line['reach']}, {line['hours']}  [dim]{line['source']}, as of {as_of}[/]"
            )
        if not lines:
            if region:
                console.print(f"Nothing is kept here for {escape(region)}.")
            console.print("Lines that listen, by country: findahelpline.com")
            console.print(f"[dim]Kept here for {', '.join(regions)}: milepost help-now --region US[/]")
        if broken:
            what = "The plan above is a copy" if copy else "If you wrote a safety plan, it can't be shown just now"
            console.print(f"\n[dim]{what}: {escape(broken)}[/]")

    told: dict[str, Any] = {
        "plan": plain(next(iter(plans.values()), Plan())),
        "plans": [{"journal": journal, "title": titles[journal], **plain(plan)} for journal, plan in plans.items()],
        "copy": copy,
        "emergency": emergency,
        "lines": lines,
        "as_of": as_of,
        "regions": regions,
        "problem": broken,
    }
    terminal.answer(told, show)
