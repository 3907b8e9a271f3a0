"""Exports to read, to print and to reckon with: a progress report, a brief for the next session, CSV, Markdown, JSON Lines."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Exporter, hookimpl
from milepost_report.brief import BriefExporter
from milepost_report.json_lines import JsonLinesExporter
from milepost_report.markdown import MarkdownExporter
from milepost_report.report import ReportExporter
from milepost_report.table_of_values import CsvExporter

__all__ = ["BriefExporter", "CsvExporter", "JsonLinesExporter", "MarkdownExporter", "ReportExporter"]

milepost_api = (1, 1)


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [ReportExporter, BriefExporter, CsvExporter, MarkdownExporter, JsonLinesExporter]
