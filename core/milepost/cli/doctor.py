"""`milepost doctor`: looks at this device, explains what it finds, and mends what the person wants mended."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from milepost.cli.show import escape
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.device import FILE_NAME
from milepost.device_file import SEE_DOCTOR
from milepost.errors import FolderInUse, StorageDamaged
from milepost.folder import exclusive
from milepost.views.entities import plain

if TYPE_CHECKING:
    from milepost.checkup import Finding

_MARKS = {"wrong": "[bold]Wrong[/]", "look": "Look ", "know": "[dim]Know[/] "}


def doctor(
    *, fix: Annotated[bool, Parameter(negative="")] = False, offline: Annotated[bool, Parameter(negative="")] = False
) -> None:
    """Look for what may be wrong on this device, and mend it. Nothing it does throws your words away.

    Parameters
    ----------
    fix
        Mend what can be mended without asking.
    offline
        Leave the server alone.
    """
    from milepost.salvage import readable

    path = terminal.folder / FILE_NAME
    if not path.exists():
        terminal.answer({"ok": True, "findings": []}, lambda console: console.print("There is nothing here yet."))
        return
    problem = readable(path)
    if problem:
        _broken(problem.removesuffix(SEE_DOCTOR).rstrip(), fix=fix)
        return
    from milepost import checkup

    found = list(checkup.check(terminal.device))
    if not offline and terminal.device.log.setting("server"):
        found += checkup.check_server(terminal.device, server())
    _tell_all(found, fix=fix)


def _tell_all(found: list["Finding"], *, fix: bool) -> None:
    rows: list[dict[str, Any]] = []
    console = None if terminal.json else terminal.console()
    for one in found:
        if console:
            console.print(f"{_MARKS[one.grave]}  {escape(one.words)}")
        mended = bool(one.repair) and _wanted(one.repair, fix=fix)
        saved = _mend(one) if mended else {}
        rows.append({**plain(one), "mended": mended, **({"saved": saved} if saved else {})})
        if console and one.repair:
            said = (
                ["Mended.", *_saved_lines(saved)]
                if mended
                else [f"[dim]`milepost doctor --fix`: {escape(one.repair)}[/]"]
            )
            console.print("\n".join(f"       {line}" for line in said))
    left = [row for row in rows if row["grave"] == "wrong" and not row["mended"]]
    terminal.answer({"ok": not left, "findings": rows}, lambda console: _sum_up(console, rows, left))
    if left:
        raise StorageDamaged(f"{len(left)} of what is wrong is not mended.")


def _sum_up(console: Any, rows: Iterable[dict[str, Any]], left: list[dict[str, Any]]) -> None:
    if not left:
        waits = any(row["grave"] == "look" for row in rows)
        console.print("Nothing is wrong; see above for what waits." if waits else "All is well.")


def _wanted(repair: str, *, fix: bool) -> bool:
    if fix:
        return True
    return terminal.interactive and terminal.ask(f"{escape(repair)} Do it? [dim](y)[/]").lower() in {"y", "yes"}


def _mend(one: "Finding") -> dict[str, Any]:
    """Mends it; says what was saved where a new file was begun."""
    from milepost import checkup

    if one.code == "damaged":
        terminal.close()
        return _salvage()
    checkup.mend(terminal.device, one)
    return {}


def _saved_lines(saved: dict[str, Any]) -> list[str]:
    if not saved:
        return []
    left = f"{saved['left']} could not be put in their place; your own words among them: milepost refused"
    return [
        f"Saved {saved['events']} events of {saved['journals']} journals.",
        *([left] if saved["left"] else []),
        f"The old file is kept: {escape(saved['put_aside'])}",
    ]


def _salvage() -> dict[str, Any]:
    from milepost.cli.watching import LOCK_NAME
    from milepost.salvage import salvage

    with exclusive(terminal.folder / LOCK_NAME) as alone:
        if not alone:
            raise FolderInUse("`milepost sync --watch` uses the file. End it first, then run `milepost doctor` again.")
        return dict(plain(salvage(terminal.folder, datetime.now().astimezone())))


def _broken(problem: str, *, fix: bool) -> None:
    """The file can't be opened at all: says so, and saves what can be read where the person wants that.

    Raises:
        StorageDamaged: it stays as it is.
    """
    repair = "Put the file aside, and bring all that can be read of it into a new one."
    finding: dict[str, Any] = {"code": "unreadable", "grave": "wrong", "words": problem, "repair": repair}
    if not terminal.json:
        terminal.console().print(f"{_MARKS['wrong']}  {escape(problem)}")
    if not _wanted(repair, fix=fix):
        if terminal.json:
            terminal.answer({"ok": False, "findings": [{**finding, "mended": False}]}, lambda _: None)
        raise StorageDamaged(f"Nothing was changed. `milepost doctor --fix`: {repair}")
    saved = _salvage()
    told = {"ok": True, "findings": [{**finding, "mended": True}], "saved": saved}
    terminal.answer(told, lambda console: console.print("\n".join(_saved_lines(saved))))
