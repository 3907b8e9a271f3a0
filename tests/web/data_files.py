"""Data of the core's that the web app needs as well, as TypeScript; `python -m tests.web.data_files` writes it anew."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import schema

SRC = Path(__file__).parents[2] / "server" / "web" / "src"
FOLDER = SRC / "journal" / "generated"
SCHEMAS = SRC / "gallery" / "generated" / "schemas.json"
"""What the plugins that come with Milepost ask a person for, for looking at the forms that are made of it, and for tests."""
HEAD = "// Read off the core's data; `python -m tests.web.data_files` writes it anew.\n"


def made() -> dict[str, str]:
    """File → what stands in it."""
    core = files("milepost")
    coach = tomllib.loads((core / "coach" / "data" / "approach.toml").read_text())
    help_lines = tomllib.loads((core / "data" / "help_lines.toml").read_text())
    alone = "\n".join(f"  {json.dumps(pattern)}," for pattern in coach["alone"])
    lines = "\n".join(f"  {json.dumps(line, ensure_ascii=False)}," for line in help_lines["line"])
    return {
        "alone.ts": f"{HEAD}\n/** What goals are about that are left to people. */\n"
        f"export const ALONE: readonly string[] = [\n{alone}\n];\n",
        "help_lines.ts": f"{HEAD}\n/** The month in which the lines were written down. */\n"
        f"export const AS_OF = {json.dumps(help_lines['as_of'])};\n\n"
        "export const LINES: readonly { region: string; name: string; reach: string; hours: string; source: string }[] = [\n"
        f"{lines}\n];\n",
    }


def schemas() -> str:
    """What stands in `SCHEMAS`: the JSON Schema of each that can be connected to, and of each format that a feed may have."""
    known = load_plugins()
    every = {**known.connectors, **known.inboxes, **known.notifiers, **known.exporters}
    return (
        json.dumps({name: schema(every[name].settings) for name in sorted(every)}, ensure_ascii=False, indent=1) + "\n"
    )


if __name__ == "__main__":
    SCHEMAS.parent.mkdir(exist_ok=True)
    SCHEMAS.write_text(schemas())
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        (FOLDER / name).write_text(text)
