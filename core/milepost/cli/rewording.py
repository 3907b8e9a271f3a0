"""Putting a goal differently at a terminal: in the person's editor or, without one, part by part; writes no event."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from milepost.cli import goal_form as form
from milepost.cli.asking import NOTHING, text
from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, StorageDamaged
from milepost.events import Fields


def reword(goal: str, reason: str | None) -> tuple[Fields, str | None]:
    """(fields to change, why), as the person puts them. What they typed in an editor is kept until `forget`.

    Raises:
        InvalidInput: it can't be understood, and they leave it at that for now.
        StorageDamaged: the folder can't be written.
    """
    before = form.parts_of(terminal.state().fields("goal", goal))
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    fields = _in_editor(editor, goal, before, reason or "") if editor else _part_by_part(before, reason)
    return fields, fields.pop("reason", None)


def forget(goal: str) -> None:
    """Takes away what was typed, once it is written down."""
    _kept(goal).unlink(missing_ok=True)


def left(goal: str, fields: Fields, reason: str | None) -> Path:
    """Keeps what was typed for the next time, and says where."""
    parts = {name: str(fields[field]) for name, field in form.PARTS.items() if fields.get(field) is not None}
    parts |= {name: "" for name, field in form.PARTS.items() if field in fields and fields[field] is None}
    _put(_kept(goal), form.write_form({**parts, **({form.REASON: reason} if reason else {})}))
    return _kept(goal)


def _kept(goal: str) -> Path:
    """Where what was typed is kept: in the device's folder, which nobody else can open."""
    return terminal.folder / f"goal-{goal}.txt"


def _part_by_part(before: Mapping[str, str], reason: str | None) -> Fields:
    console, today = terminal.console(), terminal.today()
    console.print(f"[dim]Enter keeps what is there, `{NOTHING}` empties it.[/]")
    fields: Fields = {}
    for name in form.PARTS:
        shown = f" [dim]({escape(before[name])})[/]" if before[name] else ""

        def read(said: str, name: str = name) -> tuple[object]:
            return (form.read_part(name, "" if said.lower() == NOTHING else said, today),)

        answer = terminal.ask_more(None, f"[bold]{name}[/]{shown}", read)
        if answer is not None:
            fields[form.PARTS[name]] = answer[0]
    if fields:
        fields["reason"] = terminal.ask_more(reason, f"[bold]{form.REASON}[/]", text)
    return fields


def _in_editor(editor: str, goal: str, before: Mapping[str, str], reason: str) -> Fields:
    path = _kept(goal)
    # What was refused the last time lies there: only the parts that were changed, so nothing newer is undone by it.
    earlier = _typed(path)
    edited, notes = {form.REASON: reason, **earlier}, ["What you typed the last time is in here."] if earlier else []
    while True:
        _put(path, form.HEAD + "".join(f"# {note}\n" for note in notes) + "\n" + form.write_form({**before, **edited}))
        finished = _run(editor, path)
        edited = form.changed(before, _typed(path))
        fields, notes = form.read_parts(edited, terminal.today())
        _put(path, form.write_form(edited))
        if finished and not notes:
            return fields
        if not edited.keys() - {form.REASON}:
            forget(goal)
            raise InvalidInput("Nothing is changed.")
        again = False
        if finished:
            console = terminal.console()
            for note in notes:
                console.print(escape(note))
            again = terminal.ask("Open it again? [dim](y, or Enter to leave it for now)[/]").lower() in {"y", "yes"}
        if not again:
            raise InvalidInput(
                f"Nothing is changed. What you typed is kept in {path}; `milepost goal revise` goes on with it."
            )


def _run(editor: str, path: Path) -> bool:
    """Whether the editor ended well."""
    try:
        return subprocess.run([*shlex.split(editor), str(path)], check=False).returncode == 0  # noqa: S603 - their own
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"The editor {editor!r} can't be started ({error}). Set VISUAL or EDITOR to another, or to nothing to be "
            "asked part by part."
        ) from error


def _typed(path: Path) -> dict[str, str]:
    """The parts that lie there; none where nothing does."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        return form.read_form(data.decode("utf-8-sig"))
    except UnicodeDecodeError:  # an editor of an older kind
        return form.read_form(data.decode("latin-1"))


def _put(path: Path, words: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(words)
    except OSError as error:
        raise StorageDamaged(f"{path} can't be written: {error.strerror}. See to its rights and room.") from error
