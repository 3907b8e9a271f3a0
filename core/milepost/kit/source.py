"""A plugin as it lies in its folder, not installed: what its pyproject.toml says, and where its modules are."""

import os
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, NamedTuple

from milepost.errors import InvalidInput
from milepost.plugin_loading import GROUP

_PASSED_OVER = frozenset({"__pycache__", "build", "dist", "node_modules", "venv", "env"})


class Source(NamedTuple):
    """The folder, what its pyproject.toml says, its entry points, and where its modules are found."""

    folder: Path
    project: dict[str, Any]
    points: tuple[EntryPoint, ...]
    roots: tuple[Path, ...]


def read_source(path: Path) -> Source:
    """The plugin in a folder.

    Raises:
        InvalidInput: there is none, and what is missing.
    """
    folder = path.expanduser().resolve()
    if not folder.is_dir():
        raise InvalidInput(f"{path} is no folder: name the one with the plugin's pyproject.toml in it.")
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise InvalidInput(
            f"There is no pyproject.toml in {path}. `milepost plugin new` makes a folder with all that a plugin needs."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}/pyproject.toml can't be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path}/pyproject.toml is not TOML: {error}.") from error
    given = _at(project, "project", "entry-points", GROUP)
    points = tuple(EntryPoint(name, value, GROUP) for name, value in given.items() if isinstance(value, str))
    return Source(folder, project, points, tuple(root for root in (folder, folder / "src") if root.is_dir()))


def module_file(source: Source, module: str) -> Path | None:
    """The file of a module in the folder; None where it has none."""
    for root in source.roots:
        at = root.joinpath(*module.split("."))
        for file in (at / "__init__.py", at.with_suffix(".py")):
            if file.is_file():
                return file
    return None


def files_in(folder: Path) -> Iterator[Path]:
    """Every file of a project: without environments, caches, and what was built."""
    for at, folders, files in os.walk(folder):
        here = Path(at)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _PASSED_OVER and not (here / name / "pyvenv.cfg").exists()
        )
        yield from (here / name for name in sorted(files))


def _at(project: dict[str, Any], *names: str) -> dict[str, Any]:
    found: Any = project
    for name in names:
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def section(source: Source, *names: str) -> dict[str, Any]:
    """A table of pyproject.toml, empty where it is not there."""
    return _at(source.project, *names)
