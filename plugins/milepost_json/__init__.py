"""Exports a journal as one JSON document, in the words and shapes of the terminal's own `--json`."""

from collections.abc import Sequence

import msgspec

from milepost.plugin_api import ExportContext, Exporter, JournalView, hookimpl, plain


class JsonExporter(Exporter):
    """A journal as indented JSON: the person's own copy, with everything in it."""

    format = "json"
    media_type = "application/json"
    file_name = "milepost.json"

    def render(self, view: JournalView, context: ExportContext) -> bytes:  # noqa: ARG002 - one's own copy is never discreet
        return msgspec.json.format(msgspec.json.encode(plain(view)), indent=2) + b"\n"


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter]]:
    return [JsonExporter]
