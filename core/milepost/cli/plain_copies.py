"""Plain files beside the database, for the day on which it can't be read: the safety plans, and that there is a journal.

They are copies and nothing reads state from them: only `help-now` shows what the first holds. Knows no command.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from milepost.device import FILE_NAME
from milepost.errors import StorageDamaged

PLAN = "safety-plan.txt"
ABOUT = "about-this-folder.txt"
MAX_COPY_BYTES = 1024 * 1024
_ABOUT_TEXT = f"""\
Milepost keeps your journals in this folder, in {FILE_NAME}. Keep a copy of the whole folder to be safe.
While this text is here, Milepost does not take a missing or empty {FILE_NAME} for a new beginning.
"""


def plan_text(plans: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> str:
    """Plans as people read them: (what it is called, or nothing; rows of heading and words)."""
    blocks = []
    for title, rows in plans:
        blocks += [title] if title else []
        blocks += [f"{heading}\n" + "\n".join(f"  {line}" for line in words.splitlines()) for heading, words in rows]
    return "".join(f"{block}\n" for block in blocks)


def keep_plan(folder: Path, text: str) -> None:
    """Writes the copy anew where it differs; takes it away where there is no plan any more. A full disk is no hindrance."""
    if text == read_plan(folder):
        return
    with contextlib.suppress(OSError):
        if not text:
            (folder / PLAN).unlink(missing_ok=True)
            return
        part = folder / f"{PLAN}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / PLAN)


def read_plan(folder: Path) -> str:
    """The copy as it is; nothing where there is none that can be read."""
    try:
        with (folder / PLAN).open("rb") as file:
            return file.read(MAX_COPY_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def note_beginning(folder: Path) -> None:
    """From now on there is a journal in the folder."""
    with contextlib.suppress(OSError):
        if not (folder / ABOUT).exists():
            (folder / ABOUT).write_text(_ABOUT_TEXT, encoding="utf-8")


def check_there(folder: Path) -> None:
    """Refuses to begin anew where a journal was.

    Raises:
        StorageDamaged: the database is gone, or empty.
    """
    path = folder / FILE_NAME
    if not (folder / ABOUT).exists() or (path.exists() and path.stat().st_size):
        return
    state = "is empty" if path.exists() else "is gone"
    raise StorageDamaged(
        f"{path} {state}, and there was a journal in it. Put a copy of it back. Without one, move {folder} away, and "
        "pair this device anew: the server gives back what was synced."
    )
