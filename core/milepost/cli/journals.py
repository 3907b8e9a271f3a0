"""`milepost journal …`, `log` and `export`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from milepost.belonging import LEFT, role_in
from milepost.cli.as_of import local_time
from milepost.cli.files import write_file
from milepost.cli.settings import given
from milepost.cli.show import escape, table
from milepost.cli.terminal import local_zone, terminal
from milepost.clock import hlc_ms
from milepost.device_standing import journal_standings
from milepost.envelope import MAX_COUNTER, Event
from milepost.export_history import ExportHistory
from milepost.plugin_api import ExportContext, JournalView
from milepost.plugin_api.kinds import no_history
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import read
from milepost.projection import DISCREET, EVERYTHING, project
from milepost.views.entities import plain

journal = App(name="journal", help="Journals are kept apart from each other in everything. One is enough for most.")


_ROLE_WORDS = {LEFT: "in it no more"}


def journal_rows() -> list[dict[str, Any]]:
    """Every journal on this device."""
    if not terminal.begun:
        return []
    found = journal_standings(terminal.device, terminal.journal())
    return [{**plain(one), "role": role_in(terminal.device, one.id)} for one in found]


def _answer_journals(rows: list[dict[str, Any]], only: str | None = None) -> None:
    def show(console: Any) -> None:
        # Who is alone in all of theirs is the owner of all of them, and needs no column that says so.
        several = any(row["role"] != "owner" for row in rows)
        shown = table("id", "journal", "", *(["as"] if several else []), "to sync")
        for row in rows:
            unsent = str(row["unsent"]) if row["unsent"] else ""
            role = [_ROLE_WORDS.get(row["role"], row["role"])] if several else []
            shown.add_row(row["id"][:8], escape(row["title"]), "in use" if row["in_use"] else "", *role, unsent)
        console.print(shown if rows else "No journal yet; the first goal or check-in begins one.")

    chosen = [row for row in rows if only in {None, row["id"]}]
    terminal.answer(chosen[0] if only else chosen, show)


@journal.command(name="list")
def journal_list() -> None:
    """The journals on this device."""
    _answer_journals(journal_rows())


@journal.command(name="new")
def journal_new(title: str, /, *, time_zone: str | None = None) -> None:
    """Begin another journal, and use it from now on."""
    made = terminal.device.open_journal(title, time_zone=time_zone or local_zone())
    with terminal.device.log.transaction():
        terminal.device.log.set("journal", made)
    terminal.journal_named = None
    _answer_journals(journal_rows(), made)


@journal.command(name="use")
def journal_use(id: str, /) -> None:
    """Choose the journal that commands are about."""
    chosen = terminal.match(id, [row.journal for row in terminal.device.rows()] if terminal.begun else [], "journal")
    with terminal.device.log.transaction():
        terminal.device.log.set("journal", chosen)
    terminal.journal_named = None
    _answer_journals(journal_rows(), chosen)


def log() -> None:
    """Every event of the journal: in the server's order, then what is not sent yet."""
    events = terminal.device.log.history(terminal.journal()) if terminal.begun else []
    rows = []
    for event in sorted(events, key=lambda event: event.seq or MAX_COUNTER):
        row: dict[str, Any] = {
            "seq": event.seq or None,
            "device": event.device,
            "n": event.n,
            "at": hlc_ms(event.ranked_at) if event.hlc else None,
            "actor": event.actor,
            "type": event.type or "rejected",
            "v": event.v,
            "data": msgspec.json.decode(event.payload) if event.payload else None,
            "seen": event.seen,
            "hlc": event.hlc,
            "received_at": event.received_at or None,
        }
        rows.append({**row, "rejected": event.rejected} if event.rejected else row)

    def show(console: Any) -> None:
        shown = table("seq", "when", "device", "what", "")
        for row in rows:
            try:
                when = f"{local_time(row['at'] or row['received_at'] or 0):%Y-%m-%d %H:%M}"
            except (ValueError, OverflowError, OSError):
                when = ""  # a clock beyond the calendar
            said = row["data"] or {}
            words = str(said.get("title") or said.get("note") or said.get("status") or row.get("rejected") or "")
            if because := said.get("reason"):
                words = f"{words} ({because})".lstrip()
            device = f"{row['device'][:6]}.{row['n']}"
            shown.add_row(str(row["seq"] or "·"), when, device, str(row["type"]), escape(words))
        console.print(shown)

    terminal.answer(rows, show)


def export(
    format: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    plain: Annotated[bool, Parameter(negative="")] = False,
    force: Annotated[bool, Parameter(negative="")] = False,
    set: Annotated[list[str] | None, Parameter(negative="")] = None,
) -> None:
    """Write the journal in another format, to a file that only your user can read, or to standard output.

    Parameters
    ----------
    format
        `ics`, `json`, or what a plugin brings: `milepost plugin list` shows them.
    output
        The file to write.
    plain
        With your own words in it, where the format would else be discreet.
    force
        Write over a file that is there already.
    set
        A setting of the format, as in `--set days=30`; again for another.

    """
    plugins = load_plugins()
    exporter = plugins.exporter(format)
    grant = EVERYTHING if plain or exporter.private else DISCREET
    view = project(terminal.state(), grant) if terminal.begun else JournalView(id="")
    context: ExportContext[Any] = ExportContext(
        settings=read(exporter.settings, given(set), texts=True),
        plain=plain,
        salt=view.id,
        changed_ms=hlc_ms(view.changed_at) if view.changed_at else 0,
        today=terminal.today().isoformat(),
        history=ExportHistory(_log, terminal.state(), grant) if terminal.begun else no_history,
    )
    exported = plugins.render_now(exporter, view, context)
    if output is None:
        if terminal.json and format != "json":
            text = exported.body.decode(errors="replace")
            about = {
                "format": format,
                "media_type": exported.media_type,
                "file_name": exported.file_name,
                "content": text,
            }
            terminal.answer(about, lambda _: None)
            return
        sys.stdout.buffer.write(exported.body)
        sys.stdout.buffer.flush()
        return
    write_file(output, exported.body, force=force)
    terminal.answer(
        {"format": format, "file": str(output), "bytes": len(exported.body)},
        lambda console: console.print(f"Wrote {escape(str(output))} ({len(exported.body):,} bytes)."),
    )


def _log() -> list[Event]:
    return terminal.device.log.history(terminal.journal())
