"""Reads what apps on a phone sent, or would send, out of a file: for what came before a rule was made. Knows no shape."""

from collections.abc import Iterator
from typing import BinaryIO

from milepost.plugin_api import Importer, InvalidInput, NewEntry, NotTaken
from milepost_health import auto_export, life_dashboard, own_json
from milepost_health.rules import Noting, Rules
from milepost_health.times import zone_named
from milepost_health.told import NoPayload, Told

MAX_BYTES = 64 * 1024 * 1024
"""Of one file; an app exports in several."""


class PhoneFileImporter(Importer[Rules]):
    """The same JSON as the addresses take in."""

    format = "health-json"
    title = "JSON of Health Auto Export, Life Dashboard Companion or a Shortcut"
    settings = Rules

    def read(self, file: BinaryIO, settings: Rules) -> Iterator[NewEntry | NotTaken]:
        noting = Noting(settings, self.view)
        noting.check()
        body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise InvalidInput(f"The file has more than {MAX_BYTES // 1024**2} MB: export a shorter time at once.")
        found = self._told(body)
        if not noting.targets:
            there = sorted({reading.what for reading in found.readings})
            said = f" It has: {', '.join(there)}." if there else ""
            raise InvalidInput(f"Say what is to come of it, as in `--set mindful='Breathing'`.{said}")
        if found.wrong and not found.readings:
            raise InvalidInput(f"Nothing in it could be understood. {found.wrong[0]}")
        yield from noting.entries(found.readings)
        for words in found.wrong:
            of, _, why = words.partition(": ")
            yield NotTaken(name=of, reason=f"Not understood: {why}.")

    def _told(self, body: bytes) -> Told:
        zone = zone_named(self.view.time_zone) if self.view.id else None
        first: NoPayload | None = None
        for told in (auto_export.told, life_dashboard.told, own_json.told):
            try:
                return told(body, zone)
            except NoPayload as error:
                first = first or error
        raise InvalidInput(
            "That is none of the JSON that is read here: of Health Auto Export, Life Dashboard Companion, or as docs/health.md "
            f"says. {first}"
        )
