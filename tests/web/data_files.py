"""Data of the core's that the web app needs as well, as TypeScript; `python -m tests.web.data_files` writes it anew."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from milepost.measures import builtin_instruments
from milepost.plugin_api import VIEWS
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import schema
from milepost.templates import LANGUAGES, built_in
from milepost.views import checkins, entities

SRC = Path(__file__).parents[2] / "server" / "web" / "src"
FOLDER = SRC / "journal" / "generated"
SCHEMAS = SRC / "gallery" / "generated" / "schemas.json"
"""What the plugins that come with Milepost ask a person for, for looking at the forms that are made of it, and for tests."""
HEAD = "// Read off the core's data; `python -m tests.web.data_files` writes it anew.\n"


def copied() -> dict[str, dict[str, Any]]:
    """Kind → what a copy of a journal says of each entity, in this order, and what stands where nothing was written."""
    found = {}
    for kind, view in VIEWS.items():
        inner: Any = checkins.Checkin if kind == "checkin" else entities.KINDS[kind]
        start = {"start": {}} if kind in {"series", "session"} else {}
        ours, theirs = (msgspec.structs.asdict(of(id="", **start)) for of in (view, inner))
        found[kind] = {
            name: theirs.get(name, value) or None if name in start else theirs.get(name, value)
            for name, value in ours.items()
        }
    return found


def made() -> dict[str, str]:
    """File → what stands in it."""
    core = files("milepost")
    coach = tomllib.loads((core / "coach" / "data" / "approach.toml").read_text())
    help_lines = tomllib.loads((core / "data" / "help_lines.toml").read_text())
    instruments = "\n".join(
        f"  {json.dumps(msgspec.to_builtins(one), ensure_ascii=False)}," for one in builtin_instruments()
    )
    shapes = "\n".join(f"  {json.dumps(kind)}: {json.dumps(of)}," for kind, of in copied().items())
    alone = "\n".join(f"  {json.dumps(pattern)}," for pattern in coach["alone"])
    lines = "\n".join(f"  {json.dumps(line, ensure_ascii=False)}," for line in help_lines["line"])
    return {
        "alone.ts": f"{HEAD}\n/** What goals are about that are left to people. */\n"
        f"export const ALONE: readonly string[] = [\n{alone}\n];\n",
        "help_lines.ts": f"{HEAD}\n/** The month in which the lines were written down. */\n"
        f"export const AS_OF = {json.dumps(help_lines['as_of'])};\n\n"
        "/** Region → the number that is called where somebody is in danger. */\n"
        f"export const EMERGENCY: Readonly<Record<string, string>> = {json.dumps(help_lines['emergency'])};\n\n"
        "export const LINES: readonly { region: string; name: string; reach: string; hours: string; source: string }[] = [\n"
        f"{lines}\n];\n",
        "copied.ts": f'{HEAD}import type {{ Json }} from "../../core/generated/payloads";\n\n'
        "/** Kind → what a copy of a journal says of each entity, and what stands where nothing was written. */\n"
        f"export const COPIED: Readonly<Record<string, Readonly<Record<string, Json>>>> = {{\n{shapes}\n}};\n",
        "instruments.ts": f'{HEAD}import type {{ Instrument }} from "../../views/questionnaires/instruments";\n\n'
        f"/** How questionnaires are added up; their words belong to whoever wrote them. */\n"
        f"export const INSTRUMENTS: readonly Instrument[] = [\n{instruments}\n];\n",
        "templates.ts": templates("en"),
        **{f"templates_{language}.ts": templates(language) for language in LANGUAGES},
    }


def templates(language: str) -> str:
    """The templates that come with Milepost, whole, in the words of one language: a reader fetches one such file."""
    pack = msgspec.to_builtins(built_in(language))
    lines = "\n".join(f"  {json.dumps(one, ensure_ascii=False)}," for one in pack["templates"])
    return (
        f'{HEAD}import type {{ Template }} from "../examples";\n\n'
        f"export const AREAS: readonly string[] = {json.dumps([area['id'] for area in pack['areas']])};\n\n"
        f"export const TEMPLATES: readonly Template[] = [\n{lines}\n];\n"
    )


def schemas() -> str:
    """What stands in `SCHEMAS`: the JSON Schema of each that can be connected to, and of each format that a feed may have."""
    known = load_plugins()
    # What can be connected to has a form of its own even where a format is called the same.
    every = {**known.exporters, **known.connectors, **known.inboxes, **known.notifiers}
    return (
        json.dumps({name: schema(every[name].settings) for name in sorted(every)}, ensure_ascii=False, indent=1) + "\n"
    )


if __name__ == "__main__":
    SCHEMAS.parent.mkdir(exist_ok=True)
    SCHEMAS.write_text(schemas())
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        (FOLDER / name).write_text(text)
