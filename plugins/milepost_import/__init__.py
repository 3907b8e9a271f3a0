"""Reads what other apps for moods and habits export: Daylio, and Loop Habit Tracker with its whole history."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Importer, hookimpl
from milepost_import.daylio import DaylioImporter
from milepost_import.loop import LoopImporter

__all__ = ["DaylioImporter", "LoopImporter"]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [DaylioImporter, LoopImporter]
