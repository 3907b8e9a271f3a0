"""`milepost undo`: puts back what the last command on this device changed."""

from milepost import commands
from milepost.cli.terminal import terminal
from milepost.errors import NotFound
from milepost.events import read_fields
from milepost.journal import State


def undo() -> None:
    """Undo the last thing written on this device. The history keeps both; undo again, and it is done again."""
    journal = terminal.journal()
    own = terminal.device.log.journal(journal).device
    log = terminal.device.log.history(journal)
    mine = [event for event in log if event.device == own and not event.rejected]
    if not mine:
        raise NotFound("Nothing was written on this device yet.")
    last = max(mine, key=lambda event: event.n)
    before = State(journal)
    for event in log:
        if event.device != own or event.n < last.n:
            before.apply(event)
    drafts = commands.undo(terminal.state(), before, last, terminal.today().isoformat())
    terminal.write(drafts)
    read = read_fields(journal, last)
    told = {"undone": last.type, "id": read[1] if read else "", "with": [draft.type for draft in drafts]}
    terminal.answer(told, lambda console: console.print(f"Undone: {last.type.replace('.', ' ').replace('_', ' ')}."))
