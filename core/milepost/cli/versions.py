"""How the values that people wrote at once look on a terminal: each with who wrote it, when, and on which device."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from milepost.belonging import member_names
from milepost.cli.dates import relative
from milepost.cli.show import escape, say_date
from milepost.cli.terminal import terminal
from milepost.clock import NOBODY, hlc_ms
from milepost.device_names import device_names
from milepost.views.entities import plain
from milepost.views.journal import Version
from milepost.views.recurrence import zone_of

if TYPE_CHECKING:
    from rich.console import Console

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDE_BY_SIDE = 100
"""Letters of a line from which two texts of several lines stand side by side."""


def words_of(value: Any) -> str:
    """A value of any field in words; a text is as it was written."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "at" in value and "time_zone" in value:
        return f"{value['at'][:10]} {value['at'][11:16]}, {value['time_zone']}"
    if isinstance(value, dict):
        return _of_several(value)
    if isinstance(value, list):
        return ", ".join(words_of(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_several(value: Mapping[str, Any]) -> str:
    """What shares a register: a status with its day, a value with the measure it answers."""
    main = next((name for name in ("status", "decision", "resting", "value") if name in value), None)
    if main is None:
        return ", ".join(f"{name} {words_of(part)}" for name, part in value.items() if part is not None)
    said = words_of(value[main]).replace("_", " ")
    on, until, measure = value.get("on"), value.get("until"), value.get("measure")
    question = terminal.state().fields("measure", measure).get("question") if measure else None
    more = [f"on {on}" if on else "", f"until {until}" if until else "", f"for “{question}”" if question else ""]
    return " ".join([said, *(part for part in more if part)])


def local(at: str) -> datetime | None:
    """A merge clock as a moment in the journal's time zone; None where it is beyond the calendar."""
    zone = terminal.state().fields("journal", terminal.journal()).get("time_zone") or "UTC"
    try:
        return datetime.fromtimestamp(hlc_ms(at) / 1000, zone_of(zone))
    except (ValueError, OverflowError, OSError):
        return None


def who(account: str) -> str:
    """What to call an account: you, or the member's name where it is known."""
    if account in {terminal.device.account, NOBODY}:
        return "you"
    return member_names(terminal.device).get(account) or f"member {account[:8]}"


def on_what(version: Version, names: Mapping[str, str]) -> str:
    """On which device it was written."""
    if version.device == terminal.device.log.journal(terminal.journal()).device:
        return "this device"
    return names.get(version.device) or f"device {version.device[:6]}"


def when(version: Version, today: date) -> str:
    """When it was written, in local time."""
    moment = local(version.at)
    return f"{relative(moment.date(), today)} {moment:%H:%M}" if moment else ""


def told(version: Version, names: Mapping[str, str]) -> dict[str, Any]:
    """A version whole, for scripts: with names where they are known, and the local time."""
    moment = local(version.at)
    return {
        **plain(version),
        "by": who(version.actor),
        "device_name": names.get(version.device),
        "time": moment.isoformat(timespec="seconds") if moment else None,
    }


def origin(version: Version, names: Mapping[str, str]) -> str:
    """Who wrote a version, when, and where, in a few words."""
    return ", ".join(
        part for part in (who(version.actor), when(version, terminal.today()), on_what(version, names)) if part
    )


def print_versions(console: "Console", found: Sequence[Version]) -> None:
    """Every value with its letter; two long texts side by side where there is room, else one under the other."""
    names = device_names(terminal.device)
    heads = [
        f"[bold]{letter}[/]  [dim]{escape(origin(one, names))}[/]" for letter, one in zip(LETTERS, found, strict=False)
    ]
    if heads:
        heads[0] += "  [dim](shown now)[/]"
    texts = [_shown(one.value) for one in found]
    if len(found) == 2 and any("\n" in text for text in texts) and console.width >= SIDE_BY_SIDE:
        from rich.table import Table

        grid = Table(box=None, pad_edge=False, show_edge=False, show_header=False, padding=(0, 2))
        for _ in found:
            grid.add_column(ratio=1, overflow="fold")
        grid.add_row(*heads)
        grid.add_row(*(escape(text) for text in texts))
        console.print(grid)
        return
    for head, text in zip(heads, texts, strict=True):
        console.print(f"  {head}")
        for line in text.split("\n"):
            console.print(f"     {escape(line)}")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        near = say_date(value, terminal.today())
        return f"{value} ({near})" if near != value and near else value
    return words_of(value)
