"""What every command shares: the device, the journal in use, how ids and values are read, how answers are shown."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from milepost.cli.dates import parse_date
from milepost.cli.line_editing import read_line
from milepost.cli.permission import refuse_early
from milepost.cli.plain_copies import check_there, note_beginning
from milepost.clock import UUID_PATTERN, new_id
from milepost.commands import check_drafts
from milepost.device import FILE_NAME, Device
from milepost.device_file import SEE_DOCTOR
from milepost.errors import Conflict, InvalidInput, MilepostError, NotFound, StorageDamaged
from milepost.events import Draft
from milepost.events.letters import escaped
from milepost.folder import device_folder
from milepost.journal import State
from milepost.sqlite_file import file_trouble

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

SHORTEST_ID = 3
MAX_NOTE_BYTES = 200_000
_LISTS = {"invitation": "invite list", "proposal": "proposals --all", "reflection": "reflect list"}
"""What lists a kind whose command is not called like it."""


class Terminal:
    """One run of the command line."""

    def __init__(self) -> None:
        self.json = False
        self.journal_named: str | None = None
        self._device: Device | None = None
        self._shown: dict[str, int] = {}

    @property
    def folder(self) -> Path:
        """Where this device keeps its things."""
        return device_folder()

    @property
    def interactive(self) -> bool:
        """Whether a person sits there who can be asked."""
        return not self.json and sys.stdin.isatty() and sys.stdout.isatty()

    @property
    def device(self) -> Device:
        """This device, opened when it is first needed.

        Raises:
            StorageDamaged: the folder can't be used.

        """
        if self._device is None:
            try:
                check_there(self.folder)
                self._device = Device(self.folder)
            except OSError as error:
                raise StorageDamaged(
                    f"{self.folder} can't be used as a folder ({error.strerror}). Set MILEPOST_HOME to another one."
                ) from error
        return self._device

    @property
    def begun(self) -> bool:
        """Whether there is anything on this device yet."""
        check_there(self.folder)
        return (self.folder / FILE_NAME).exists() and bool(self.device.rows())

    def file_trouble(self) -> contextlib.AbstractContextManager[None]:
        """Tells what is wrong with the device's file, should anything inside the block come upon it."""
        return file_trouble(self.folder / FILE_NAME, SEE_DOCTOR)

    def close(self) -> None:
        """Lets go of the device."""
        self._shown.clear()
        if self._device is not None:
            with contextlib.suppress(MilepostError), self.file_trouble():
                if self._device.rows():
                    note_beginning(self.folder)
            self._device.close()
            self._device = None

    # Which journal

    def journal(self) -> str:
        """The journal that commands are about: `--journal`, else the one in use, else the first.

        Raises:
            NotFound: there is no journal yet, or none by that id.

        """
        if not self.begun:
            raise NotFound(
                "There is nothing here yet. Begin with `milepost goal add 'something I want to be different'`."
            )
        rows = self.device.rows()
        if self.journal_named:
            return self.match(self.journal_named, [row.journal for row in rows], "journal")
        in_use = self.device.log.setting("journal")
        if in_use and any(row.journal == in_use for row in rows):
            return in_use
        return rows[0].journal

    def journal_to_write(self) -> str:
        """The same, but a first journal begins if there is none."""
        if not self.journal_named and not self.device.rows():
            return self.device.open_journal("My journal", time_zone=local_zone())
        return self.journal()

    def state(self) -> State:
        """What the journal in use adds up to. Where its log ended the first time is what this run was shown."""
        journal = self.journal()
        if journal not in self._shown:
            self._shown[journal] = self.device.log.end(journal)
        return self.device.state(journal)

    def write(self, drafts: Sequence[Draft], *, ask: bool = True) -> None:
        """Writes to the journal in use, unless what is changed has been changed by somebody else since it was shown.

        At a terminal the person is asked then, and may write all the same; what they would rather not write is kept in
        a file. Without `ask`, and in a script, it is refused.

        Raises:
            Conflict: names what changed; nothing was written.
        """
        if not drafts:
            return
        journal = self.journal_to_write()
        refuse_early(self.device, journal, drafts)
        while True:
            try:
                self.device.append(journal, drafts, lambda now: self._check(now, drafts))
                break
            except Conflict as conflict:
                if not (ask and self.interactive):
                    raise
                self._ask_about(conflict, drafts)
        self._shown[journal] = self.device.log.end(journal)

    def _check(self, now: State, drafts: Sequence[Draft]) -> None:
        """Refuses what was changed since it was shown; whoever is refused has been shown what there is now."""
        log, shown = self.device.log, self._shown.get(now.journal)
        end = log.end(now.journal)
        if shown is not None and end > shown:
            self._shown[now.journal] = end
            check_drafts(log.states.at(now.journal, shown), now, drafts)

    def _ask_about(self, conflict: Conflict, drafts: Sequence[Draft]) -> None:
        from milepost.cli.meanwhile import ask, keep_words

        if ask(conflict, drafts) != "write":
            raise Conflict(
                f"Nothing is changed. What you wrote is kept in {keep_words(drafts)}.", conflict.fields
            ) from conflict

    def today(self) -> date:
        """The local day, in the time zone of the journal in use."""
        zone = self.state().fields("journal", self.journal()).get("time_zone") if self.begun else None
        try:
            return datetime.now(ZoneInfo(zone or local_zone())).date()
        except (ZoneInfoNotFoundError, ValueError):
            return datetime.now().astimezone().date()

    # Ids

    def match(self, text: str, known: Iterable[str], kind: str) -> str:
        """The whole id that `text` begins.

        Raises:
            NotFound: none does.
            InvalidInput: several do.

        """
        wanted = text.strip().lower()
        found = sorted(entity for entity in known if wanted and entity.startswith(wanted))
        if len(found) == 1 or wanted in found:
            return wanted if wanted in found else found[0]
        if not found:
            shown = _LISTS.get(kind, f"{kind} list")
            raise NotFound(f"There is no {kind} whose id begins with {text!r}. `milepost {shown}` shows them.")
        several = ", ".join(entity[:12] for entity in found[:5])
        raise InvalidInput(f"{text!r} could be any of {len(found)}: {several}. Give a letter or two more.")

    def entity(self, kind: str, text: str) -> str:
        """The id of an entity of one kind in the journal in use."""
        return self.match(text, self.state().entities.get(kind, {}), kind)

    def any_entity(self, kinds: Sequence[str], text: str) -> tuple[str, str]:
        """(kind, id) of an entity of any of these kinds."""
        state = self.state()
        by_id = {entity: kind for kind in kinds for entity in state.entities.get(kind, {})}
        entity = self.match(text, by_id, kinds[0])
        return by_id[entity], entity

    def short_ids(self) -> dict[str, str]:
        """Every entity's id → as much of it as is unique in the journal, three letters at least."""
        if not self.begun:
            return {}
        known = sorted(e for of_kind in self.state().entities.values() for e in of_kind)
        # In order, only neighbours can begin alike.
        return {
            entity: shorten(entity, known[max(at - 1, 0) : at] + known[at + 1 : at + 2])
            for at, entity in enumerate(known)
        }

    # Showing

    def answer(self, value: Any, show: Callable[["Console"], None]) -> None:
        """Prints one JSON value, or shows it to a person."""
        if self.json:
            sys.stdout.write(escaped(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n")
        else:
            show(self.console())

    def console(self) -> "Console":
        """Where people read; wide lines where nobody sees them break, and `:heart:` stays what they typed."""
        from milepost.cli.console import HarmlessConsole

        return HarmlessConsole(highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())

    # Asking

    def ask(self, question: str) -> str:
        """One line from the person; empty if they skip it."""
        try:
            return read_line(self.console(), question).strip()
        except EOFError:
            return ""
        except UnicodeDecodeError:
            raise InvalidInput("What you typed is not text (UTF-8). See to the settings of your terminal.") from None

    def ask_for(
        self, value: str | None, question: str, missing: str, read: Callable[[str], object] | None = None
    ) -> str:
        """The value that was given; else, at a terminal, what the person answers.

        What `read` refuses is asked again.

        Raises:
            InvalidInput: nobody is there to be asked, or they would rather not say; `missing` says what to give.
        """
        if value is not None:
            return value
        said = ""

        def keep(text: str) -> str:
            if read is not None:
                read(text)
            return text

        if self.interactive:
            said = self.ask_more(None, question, keep) or ""
        if not said:
            raise InvalidInput(missing)
        return said

    def ask_more(self, value: T | None, question: str, read: Callable[[str], T]) -> T | None:
        """The value that was given; else, at a terminal, what `read` makes of the answer, or None where it is skipped.

        What `read` refuses is asked again, with the reason.
        """
        while value is None and self.interactive and (said := self.ask(question)):
            try:
                return read(said)
            except MilepostError as error:
                self.console().print(str(error), markup=False)
        return value

    def past_day(self, text: str) -> str:
        """The local day that something was about: today at the latest, where the journal is or where the person is.

        Raises:
            InvalidInput: no day, or one that is yet to come.
        """
        today = self.today()
        day = parse_date(text, today, past=True)
        if day > max(today, datetime.now(ZoneInfo(local_zone())).date()):
            raise InvalidInput(
                f"{day} is yet to come. Give the day it was, as in `--on yesterday`; see to the year, too."
            )
        return day.isoformat()


terminal = Terminal()


def shorten(entity: str, known: Iterable[str]) -> str:
    """As many first letters of an id as tell it from the others."""
    length = SHORTEST_ID
    for other in known:
        if other != entity:
            same = next((at for at, (a, b) in enumerate(zip(entity, other, strict=False)) if a != b), len(other))
            length = max(length, same + 1)
    return entity[:length]


def local_zone() -> str:
    """The IANA name of this machine's time zone, as well as it can be told."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named and _is_zone(named):
        return named
    link = Path("/etc/localtime")
    if link.is_symlink():
        _, _, name = str(link.resolve()).partition("zoneinfo/")
        if name and _is_zone(name):
            return name
    return "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def new_entity() -> str:
    """A new entity's id."""
    return new_id()


def read_note(text: str | None) -> str | None:
    """A note as given, or with `-` what standard input holds, so that it need not stand in the shell's history."""
    if text != "-":
        return text or None
    note = sys.stdin.buffer.read(MAX_NOTE_BYTES + 1)
    if len(note) > MAX_NOTE_BYTES:
        raise InvalidInput(f"That note is too long: keep it under {MAX_NOTE_BYTES // 1000} kB.")
    try:
        return note.decode().strip() or None
    except UnicodeDecodeError:
        raise InvalidInput("That note is not text (UTF-8).") from None


def read_value(text: str | None) -> int | float | str | None:
    """A check-in's value: a number where it is one, else the words."""
    if text is None or not text.strip():
        return None
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if abs(number) <= 2**53 - 1:
            return number
        raise InvalidInput(f"{text} is not a number Milepost can keep.")
    return text.strip()


def is_whole_id(text: str) -> bool:
    """Whether `text` is an id that is not shortened."""
    return UUID_PATTERN.fullmatch(text.strip().lower()) is not None
