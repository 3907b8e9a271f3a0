"""`milepost status`: how things stand, in all and journal by journal. Asks no server."""

from datetime import UTC, datetime
from typing import Any

from milepost.cli.dates import relative
from milepost.cli.journals import journal_rows
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.device_standing import clock_standing, synced_at
from milepost.journal import state_hash
from milepost.quarantine import waiting
from milepost.views.entities import plain
from milepost.views.recurrence import zone_of


def status() -> None:
    """How things stand: what is unsent, was refused or waits to be settled, when it last synced, and the clock."""
    device, rows = terminal.device, journal_rows()
    chosen = terminal.journal() if terminal.begun else None
    row = next((r for r in rows if r["id"] == chosen), None)
    rejected = waiting(device, chosen) if chosen else []
    synced, clock = synced_at(device), clock_standing(device)
    answer = {
        "device": device.log.journal(chosen).device if chosen else device.id,
        "name": device.log.setting("name"),
        "account": device.account,
        "server": device.log.setting("server"),
        "synced_at": synced,
        "clock": plain(clock),
        "journal": chosen,
        "state_hash": state_hash(device.state(chosen)) if chosen else None,
        "head": row["head"] if row else 0,
        "unsent": sum(r["unsent"] for r in rows),
        "quarantined": sum(r["rejected"] for r in rows),
        "conflicts": sum(r["conflicts"] for r in rows),
        "unknown": sum(r["unknown"] for r in rows),
        "rejected": [{"number": r.number, "type": r.type, "n": r.n, "reason": r.reason} for r in rejected],
        "journals": rows,
    }

    def show(console: Any) -> None:
        console.print(f"Server     {escape(answer['server'] or 'none yet; everything stays on this device')}")
        if answer["server"]:
            console.print(f"Synced     {_when(synced)}")
        console.print(f"{'To sync  ' if answer['server'] else 'Kept here'}  {answer['unsent']}")
        console.print(f"To settle  {answer['conflicts']}{_hint(answer['conflicts'], 'conflicts')}")
        if answer["quarantined"]:
            console.print(f"Refused    {answer['quarantined']}{_hint(1, 'refused')}")
        if answer["unknown"]:
            console.print(f"Newer      {answer['unknown']}, kept and passed on; shown once Milepost here is upgraded")
        if chosen:
            console.print(f"Log        {answer['head']} events from the server, state {str(answer['state_hash'])[:12]}")
        if clock.words:
            console.print(f"Clock      {clock.words}")
        if len(rows) > 1:
            console.print()
            console.print(_journals(rows))

    terminal.answer(answer, show)


def _hint(number: int, command: str) -> str:
    return f"  [dim]milepost {command}[/]" if number else ""


def _when(ms: int | None) -> str:
    """When a sync last came to its end, in the local time of the journal in use."""
    if ms is None:
        return "never yet  [dim]milepost sync[/]"
    zone = terminal.state().fields("journal", terminal.journal()).get("time_zone") if terminal.begun else None
    moment = datetime.fromtimestamp(ms / 1000, zone_of(zone) if zone else UTC)
    return f"{relative(moment.date(), terminal.today())} {moment:%H:%M}"


def _journals(rows: list[dict[str, Any]]) -> Any:
    shown = table("id", "journal", "to sync", "to settle", "refused", "events")
    for row in rows:
        counts = (row["unsent"], row["conflicts"], row["rejected"])
        cells = [str(count) if count else "" for count in counts]
        shown.add_row(row["id"][:8], escape(row["title"]), *cells, str(row["head"]))
    return shown
