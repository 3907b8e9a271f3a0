"""Plays single deeds of a made-up half-year on their days: who is named in them becomes ids, and days become dates."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from milepost.events import Draft


class On(NamedTuple):
    """A day of the half-year, as a date."""

    day: int


class At(NamedTuple):
    """A time on a day of the half-year, with its time zone."""

    day: int
    clock: str


class Of(NamedTuple):
    """The id of what was named so."""

    name: str


class About(NamedTuple):
    """A reference to what was named so, in this journal."""

    kind: str
    name: str


class Deed(NamedTuple):
    """One event: `name` stands for the entity it is about, or is empty where the journal has but one of its kind."""

    day: int
    type: str
    name: str
    fields: Mapping[str, Any]


class Script:
    """Deeds in the order of their days, and the ids of all who are named in them."""

    def __init__(
        self,
        deeds: tuple[Deed, ...],
        journal: str,
        time_zone: str,
        new_id: Callable[[], str],
        iso: Callable[[int], str],
    ) -> None:
        self.ids: dict[str, str] = {}
        self._deeds = deeds
        self._journal = journal
        self._time_zone = time_zone
        self._new_id = new_id
        self._iso = iso

    def of(self, day: int) -> list[Draft]:
        """What is done on a day."""
        return [self._draft(deed) for deed in self._deeds if deed.day == day]

    def id(self, name: str) -> str:
        """The id of what is named so; a new one at the first time."""
        if name not in self.ids:
            self.ids[name] = self._new_id()
        return self.ids[name]

    def _draft(self, deed: Deed) -> Draft:
        ident = {"id": self.id(deed.name)} if deed.name else {}
        return Draft(deed.type, {**ident, **{name: self._plain(value) for name, value in deed.fields.items()}})

    def _plain(self, value: Any) -> Any:
        match value:
            case On():
                return self._iso(value.day)
            case At():
                return {"at": f"{self._iso(value.day)}T{value.clock}:00", "time_zone": self._time_zone}
            case Of():
                return self.id(value.name)
            case About():
                return {"journal": self._journal, "kind": value.kind, "id": self.id(value.name)}
            case dict():
                return {name: self._plain(one) for name, one in value.items()}
        return value
