"""What an empty journal is, once a file was put back into it: as the real one would be, and nothing is written anywhere."""

from collections.abc import Sequence
from pathlib import Path

from milepost.clock import NOBODY, new_id
from milepost.device_imports import Tally
from milepost.importing.restoring import restored
from milepost.importing.running import Copy, Known, begun, go_through, source_of
from milepost.journal import State
from milepost.plugin_api import JournalView, NewEntry
from milepost.projection import project
from milepost.testing.findings import require


def journal_of(entries: Sequence[NewEntry], *, today: str = "2026-05-04") -> JournalView:
    """The journal that these entries of an importer's `restore` make of an empty one.

    Raises:
        AssertionError: names those that could not be put back.
    """
    place = Copy(State(new_id()), new_id(), NOBODY, lambda _: None, Path())
    tally = Tally()
    source = source_of(begun(place.state().journal, "restore", "file", "", 0, today), Known(), place.device, 1)
    go_through(place, list(enumerate(entries, 1)), source, tally, restored)
    require(not tally.refused, f"{tally.refused} entries can't be put back: {'; '.join(tally.reasons)}")
    return project(place.state())
