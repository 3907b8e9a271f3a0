"""`milepost redact`: takes words out of every log, for good."""

from typing import Annotated

from cyclopts import Parameter

from milepost import commands
from milepost.cli.terminal import new_entity, terminal
from milepost.errors import InvalidInput
from milepost.events import REDACTION

OWN = ("plan", "rest")
"""What a journal has one of, which is called by its kind."""
WORD = "redact"
WARNING = (
    "It takes the words out for good: here at once, on the server at the next sync, on other devices at theirs. "
    "What was exported, printed or sent to a calendar stays there, and so do backups. It can't be undone."
)


def redact(
    id: str,
    *,
    field: Annotated[list[str] | None, Parameter(negative="")] = None,
    yes: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Take the words of an entry out of every log, its history included. It can't be undone.

    Parameters
    ----------
    id
        The entry's id; `plan` or `rest` for these.
    field
        Only this field, as in `--field note`; may be given again. Without it, all of the entry, which then is gone.
    yes
        Don't ask. Needed where nobody is there to be asked.

    """
    state, journal = terminal.state(), terminal.journal()
    if id in OWN:
        kind, entity = id, journal
    else:
        kinds = [kind for kind in state.entities if kind not in {*OWN, "journal", "redaction"}]
        kind, entity = terminal.any_entity(["goal", *kinds], id)
    log = terminal.device.log.history(journal)
    drafts = commands.redact(state, log, new_entity, kind, entity, field or ())
    count = sum(draft.type == REDACTION for draft in drafts)
    if not yes and not _sure(kind, count, field or []):
        raise InvalidInput(f"Nothing was taken out. {WARNING} Give --yes to do it without being asked.")
    terminal.write(drafts)
    answer = {"redacted": count, "kind": kind, "id": entity, "fields": field or []}
    terminal.answer(answer, lambda console: console.print(_said(kind, count, field or [])))


def _sure(kind: str, count: int, fields: list[str]) -> bool:
    if not terminal.interactive:
        return False
    what = f"{', '.join(fields)} of that {kind}" if fields else f"that {kind}"
    terminal.console().print(
        f"This is about {what}, written in {count} {'entry' if count == 1 else 'entries'} of the log.", markup=False
    )
    terminal.console().print(WARNING, markup=False)
    return terminal.ask(f"Type {WORD} to go on:").strip().lower() == WORD


def _said(kind: str, count: int, fields: list[str]) -> str:
    what = f"{', '.join(fields)} of the {kind}" if fields else f"the {kind}"
    return f"Taken out: {what}, in {count} {'entry' if count == 1 else 'entries'} of the log. `milepost sync` carries it on."
