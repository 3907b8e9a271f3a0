"""What became of the things of a journal, as an exporter asks for it: the log is read once, and gone through once a kind."""

from collections.abc import Callable, Iterable, Sequence

from milepost.envelope import Event
from milepost.journal import State
from milepost.plugin_api import Kind, Revised
from milepost.projection import Grant, revised
from milepost.views.history import Change, Key, histories


class ExportHistory:
    """`ExportContext.history`, as far as a grant shows it. `read` gives the events of the log, if it is asked at all."""

    def __init__(self, read: Callable[[], Iterable[Event]], state: State, grant: Grant) -> None:
        self._read, self._state, self._grant = read, state, grant
        self._events: list[Event] | None = None
        self._of_kind: dict[Kind, dict[Key, tuple[Change, ...]]] = {}

    def __call__(self, entity: str) -> Sequence[Revised]:
        entities = self._state.entities
        kind = next((kind for kind in self._grant.kinds if entity in entities.get(kind, ())), None)
        if kind is None:
            return ()
        if self._events is None:
            self._events = list(self._read())
        if kind not in self._of_kind:
            self._of_kind[kind] = histories(self._events, self._state.journal, {kind})
        return revised(kind, self._of_kind[kind].get((kind, entity), ()), self._grant)
