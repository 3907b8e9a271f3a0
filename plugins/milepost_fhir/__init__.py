"""Health records: a journal as HL7 FHIR R4 (https://hl7.org/fhir/R4/), written to files and read out of them."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Exporter, Importer, hookimpl
from milepost_fhir.exporter import FhirExporter
from milepost_fhir.importer import FhirImporter

__all__ = ["FhirExporter", "FhirImporter"]


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [FhirExporter]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [FhirImporter]
