"""Health records: a journal as HL7 FHIR R4 (https://hl7.org/fhir/R4/), written to files and servers, and read back."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Connector, Exporter, Importer, hookimpl
from milepost_fhir.connector import Fhir
from milepost_fhir.exporter import FhirExporter
from milepost_fhir.importer import FhirImporter
from milepost_fhir.settings import ServerSettings

__all__ = ["Fhir", "FhirExporter", "FhirImporter", "ServerSettings"]


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:
    return [FhirExporter]


@hookimpl
def milepost_connectors() -> Sequence[type[Connector[Any]]]:
    return [Fhir]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [FhirImporter]
