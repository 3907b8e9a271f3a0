"""`milepost admin backup`, `restore` and `migrate-store`: a server's whole database copied. They open it themselves."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from milepost.cli.show import counted, escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput
from milepost_server.backup import back_up
from milepost_server.data_folder import DataFolder
from milepost_server.restoring import migrate_store
from milepost_server.restoring import restore as put_back

Data = Annotated[Path, Parameter(help="The server's data folder.")]
Flag = Annotated[bool, Parameter(negative="")]


def backup(file: Path, /, *, data: Data = Path("milepost-data"), force: Flag = False) -> None:
    """Write a backup of all that the server keeps, and look whether it holds. The server may be running.

    Parameters
    ----------
    file
        The file to write. It can be read by its owner alone.
    force
        Replace a file of that name.

    """
    if not data.is_dir():
        raise InvalidInput(f"There is no folder {data}. Name the server's with --data.")
    made = back_up(DataFolder(data), file, force=force)

    def show(console: Any) -> None:
        console.print(
            f"Wrote {escape(made.file)}: {_amount(made.journals, made.events, made.rows)}. Every chain holds."
        )

    terminal.answer(made, show)


def restore(file: Path, /, *, data: Data = Path("milepost-data"), database: str = "", force: Flag = False) -> None:
    """Put a backup in the place of what the server keeps, which is kept beside it. The server must not be running.

    Parameters
    ----------
    file
        A backup, whether it was made from SQLite or from PostgreSQL.
    database
        A PostgreSQL database to restore into, as postgresql://user@host/name; the folder remembers it.
    force
        Replace what that database holds, also where the folder did not use it before.

    """
    found = put_back(DataFolder(data), file, database=database, force=force)

    def show(console: Any) -> None:
        amount = _amount(found.journals, found.events, found.rows)
        console.print(f"Restored into {escape(found.place)}: {amount}. Every chain holds.")
        if found.before:
            console.print(f"What was there before is in {escape(found.before)}; delete it when you need it no more.")
        console.print("Devices give back at their next sync what it lacks.")

    terminal.answer(found, show)


def move_store(*, data: Data = Path("milepost-data"), to: str) -> None:
    """Carry all that the server keeps over from SQLite to PostgreSQL. Cut short, it goes on where it was.

    Parameters
    ----------
    to
        An empty PostgreSQL database, as postgresql://user@host/name. The folder remembers it once all is there.

    """
    moved = migrate_store(DataFolder(data), to)

    def show(console: Any) -> None:
        amount = _amount(moved.journals, moved.events, moved.written + moved.there)
        already = f" ({moved.there:,} were there already)" if moved.there else ""
        console.print(f"PostgreSQL ({escape(moved.place)}) has it all: {amount}{already}. Every chain holds.")
        console.print(
            f"{data} is served from there now. {escape(moved.file)} was not changed, and is not used any more."
        )

    terminal.answer(moved, show)


def _amount(journals: int, events: int, rows: int) -> str:
    return f"{counted(journals, 'journal')}, {counted(events, 'event')}, {counted(rows, 'row')}"
