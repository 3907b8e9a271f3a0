"""A device, and an importer that gives what a test says."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from milepost.clock import new_id
from milepost.commands import add_goal
from milepost.device import Device
from milepost.device_imports import Import, Tally
from milepost.events import Draft, Fields
from milepost.importing.going_back import WentBack, go_back
from milepost.importing.reading import entries, opened
from milepost.importing.restoring import restored
from milepost.importing.running import Copy, begun, bring_in, dry_run, known_of
from milepost.plugin_api import Importer, NewEntry, NoSettings

TODAY = "2026-05-04"


def checkin(name: str, note: str = "fine", **fields: Any) -> NewEntry:
    return NewEntry(kind="checkin", external_id=name, fields={"on": "2026-05-01", "note": note, **fields})


def goal(name: str, title: str, **fields: Any) -> NewEntry:
    return NewEntry(kind="goal", external_id=name, fields={"title": title, **fields})


def many(count: int, note: str = "note") -> list[NewEntry]:
    return [checkin(f"line {number}", f"{note} {number}") for number in range(count)]


def gives(what: Callable[[BinaryIO], Iterable[Any]]) -> type[Importer[NoSettings]]:
    class Made(Importer[NoSettings]):
        format, title = "made", "What a test says."

        def read(self, file: BinaryIO, settings: NoSettings) -> Iterator[Any]:
            yield from what(file)

    return Made


class Stage:
    def __init__(self, device: Device, journal: str, folder: Path) -> None:
        self.device, self.journal, self.folder = device, journal, folder
        self.file = folder / "some.file"
        self.file.write_bytes(b"something")
        self.told: Callable[[Tally], None] = lambda _: None

    def refuse(self, drafts: Sequence[Draft]) -> None:
        """Everything may be written."""

    def begin(self, digest: str) -> Import:
        there = self.device.log.imports.cut_short(self.journal, digest)
        return there or begun(self.journal, "made", "some.file", digest, 0, TODAY)

    def bring(self, what: Iterable[Any], digest: str = "one") -> Import:
        return self.read(lambda _: what, digest)

    def restore(self, what: Iterable[Any], digest: str = "whole") -> Import:
        return bring_in(self.device, self.begin(digest), iter(what), self.refuse, self.told, restored)

    def read(self, what: Callable[[BinaryIO], Iterable[Any]], digest: str = "one") -> Import:
        given = entries(gives(what), opened(self.file), NoSettings())
        return bring_in(self.device, self.begin(digest), given, self.refuse, self.told)

    def tried(self, what: Iterable[Any], digest: str = "one") -> Tally:
        state, device = self.device.state(self.journal), self.device
        place = Copy(state, device.id, device.account, self.refuse, device.folder)
        known = known_of(self.device, self.journal, "made")
        return dry_run(place, self.begin(digest), known, iter(what), self.told)

    def back(self, one: Import) -> WentBack:
        return go_back(self.device, self.device.log.imports.get(one.id), TODAY, self.refuse)

    def write(self, type_name: str, **fields: Any) -> None:
        self.device.append(self.journal, [Draft(type_name, fields)])

    def add_goal(self, title: str) -> str:
        made, drafts = add_goal(self.device.state(self.journal), new_id, title)
        self.device.append(self.journal, drafts)
        return made

    def ids(self, kind: str = "checkin") -> list[str]:
        return self.device.state(self.journal).visible(kind)

    def fields(self, kind: str = "checkin") -> list[Fields]:
        state = self.device.state(self.journal)
        return [state.fields(kind, entity) for entity in state.visible(kind)]

    def words(self, kind: str = "checkin", name: str = "note") -> list[Any]:
        return [fields.get(name) for fields in self.fields(kind)]
