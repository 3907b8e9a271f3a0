"""Exports what has a date as an iCalendar file (RFC 5545), for a calendar program to subscribe to or import."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Exporter, hookimpl
from milepost_ics.calendar import IcsExporter

__all__ = ["IcsExporter"]


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [IcsExporter]
