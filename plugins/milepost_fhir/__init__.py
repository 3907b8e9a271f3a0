"""Health records: a journal as HL7 FHIR R4 (https://hl7.org/fhir/R4/), written to files and read out of them."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Exporter, hookimpl
from milepost_fhir.exporter import FhirExporter

__all__ = ["FhirExporter"]


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [FhirExporter]
