"""What has a date as a calendar (RFC 5545), for a calendar program to subscribe to; and tasks of one as milestones."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Exporter, Importer, hookimpl
from milepost_ics.calendar import IcsExporter
from milepost_ics.importer import IcsImporter

__all__ = ["IcsExporter", "IcsImporter"]


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [IcsExporter]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [IcsImporter]
