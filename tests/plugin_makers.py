"""Small plugins made for a test: their source on a path of its own, their entry points as if they were installed."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

HEAD = """from collections.abc import Sequence
from typing import Annotated
import asyncio, time
import msgspec
from milepost.plugin_api import *
"""
EXPORTER = (
    HEAD
    + """
class One(Exporter):
    format, media_type, file_name = "{format}", "text/plain", "x.txt"
    def render(self, view, context):
        {body}

@hookimpl
def milepost_exporters():
    return [One]
"""
)


class Maker:
    """Writes plugins into a folder that modules are imported from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points: list[EntryPoint] = []

    def __call__(self, name: str, source: str) -> None:
        module = f"made_{name}_{len(self.points)}_{id(self)}"
        sys.modules.pop(module, None)
        (self.folder / f"{module}.py").write_text(source)
        self.points.append(EntryPoint(name, module, "milepost.plugins"))

    def exporter(self, name: str, format: str, body: str = "return b'fine'") -> None:
        self(name, EXPORTER.format(format=format, body=body))


def install(folder: Path, name: str, source: str, *, version: str = "1.0") -> None:
    """Installs a plugin of one module into a folder, as an installer leaves it there; the folder is on `sys.path`."""
    module = f"milepost_made_{name}"
    sys.modules.pop(module, None)
    (folder / f"{module}.py").write_text(source)
    about = folder / f"{module}-{version}.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: {version}\n")
    (about / "entry_points.txt").write_text(f"[milepost.plugins]\n{name} = {module}\n")
