"""Which golden files there are, and what they hold."""

import json
from pathlib import Path
from types import ModuleType

from tests.golden import branches, clocks, devices, forms, hints, logs, merging, receipts, redactions, wire
from tests.golden.making import Case

VECTORS = Path(__file__).parent.parent / "vectors"
FILES = (merging, redactions, logs, branches, clocks, wire, hints, devices, forms, receipts)


def path_of(module: ModuleType) -> Path:
    """Where the file of a module is."""
    return VECTORS / str(module.FILE)


def kept(module: ModuleType) -> list[Case]:
    """The cases that a file has."""
    path = path_of(module)
    found: list[Case] = json.loads(path.read_text()) if path.exists() else []
    return found
