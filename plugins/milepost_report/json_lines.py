"""One object of JSON for each thing in a journal, each on a line of its own: easy to read piece by piece."""

import msgspec

from milepost.plugin_api import VIEWS, ExportContext, Exporter, JournalView, NoSettings, plain

_OF_THE_JOURNAL = ("id", "title", "time_zone", "locale", "changed_at")


class JsonLinesExporter(Exporter[NoSettings]):
    """One's own copy, with everything in it. `entity` says what a line is; the first is the journal."""

    format = "jsonl"
    media_type = "application/jsonl; charset=utf-8"
    file_name = "milepost.jsonl"
    private = True

    def render(self, view: JournalView, context: ExportContext[NoSettings]) -> bytes:  # noqa: ARG002 - it is the same for all
        whole = plain(view)
        lines = [{"entity": "journal", **{name: whole[name] for name in _OF_THE_JOURNAL if name in whole}}]
        for kind in VIEWS:
            # Of `series` the plural is the same.
            of_kind = whole[kind if kind in whole else f"{kind}s"]
            lines += [{"entity": kind, **one} for one in of_kind]
        return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
