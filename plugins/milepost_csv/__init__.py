"""Reads check-ins out of a table: a line for each, as every spreadsheet writes it."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Importer, hookimpl
from milepost_csv.importer import CsvImporter

__all__ = ["CsvImporter"]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [CsvImporter]
