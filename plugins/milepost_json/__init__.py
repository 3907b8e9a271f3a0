"""Exports a journal as one JSON document, in the words and shapes in which plugins see it."""

from collections.abc import Sequence

import msgspec

from milepost.plugin_api import ExportContext, Exporter, JournalView, NoSettings, hookimpl, plain


class JsonExporter(Exporter[NoSettings]):
    """A journal as indented JSON: the person's own copy, with everything in it."""

    format = "json"
    media_type = "application/json"
    file_name = "milepost.json"
    private = True

    def render(self, view: JournalView, context: ExportContext[NoSettings]) -> bytes:  # noqa: ARG002 - it is the same for all
        return msgspec.json.format(msgspec.json.encode(plain(view)), indent=2) + b"\n"


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[NoSettings]]]:
    return [JsonExporter]
