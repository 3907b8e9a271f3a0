"""What can be said about a plugin's package without running anything of it."""

import ast
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal

from msgspec import Struct

from milepost.kit.source import Source, files_in, module_file, section
from milepost.plugin_loading import GROUP

Result = Literal["ok", "wrong", "advice", "skipped"]
FREE = ("milepost.plugin_api", "milepost.testing")
"""Parts of Milepost that a plugin and its tests may use."""


class Finding(Struct, frozen=True, kw_only=True):
    """What was looked at, what became of it, and what to do where something is wrong."""

    check: str
    result: Result
    words: str = ""


def packaging(source: Source) -> Iterator[Finding]:
    """How it is packaged: that it can be installed, is found by Milepost, and takes nothing that may go away."""
    yield from _one_project(source)
    yield from _project(source)
    yield from _entry_points(source)
    yield from _imports(source)


def _one_project(source: Source) -> Iterator[Finding]:
    others = [file for file in files_in(source.folder) if file.name == "pyproject.toml"][1:]
    words = f"There is another one: {others[0].relative_to(source.folder)}. A plugin has one." if others else ""
    yield Finding(check="one pyproject.toml", result="wrong" if others else "ok", words=words)


def _project(source: Source) -> Iterator[Finding]:
    project, build = section(source, "project"), section(source, "build-system")
    missing = []
    if not build.get("build-backend"):
        missing.append('[build-system] with requires = ["hatchling"] and build-backend = "hatchling.build"')
    if not project.get("name"):
        missing.append("a name in [project]")
    if not project.get("version") and "version" not in project.get("dynamic", ()):
        missing.append("a version in [project]")
    needed = [str(one) for one in project.get("dependencies", ())]
    if not any(one.lower().replace("_", "-").split("[")[0].rstrip("<>=!~ .0123456789") == "milepost" for one in needed):
        missing.append('dependencies = ["milepost"] in [project]')
    words = f"pyproject.toml lacks {', and '.join(missing)}." if missing else ""
    yield Finding(check="what pyproject.toml must have", result="wrong" if missing else "ok", words=words)


def _entry_points(source: Source) -> Iterator[Finding]:
    check = "entry point"
    if not source.points:
        groups = ", ".join(f"`{name}`" for name in section(source, "project", "entry-points")) or "none"
        yield Finding(
            check=check,
            result="wrong",
            words=f'Milepost does not find it: add `name = "module"` under [project.entry-points."{GROUP}"]. '
            f"Groups there are: {groups}.",
        )
    own = _canonical(str(section(source, "project").get("name", "")))
    for point in source.points:
        file = module_file(source, point.module)
        taken = [
            other.dist.name
            for other in metadata.entry_points(group=GROUP)
            if other.name == point.name and other.dist is not None and _canonical(other.dist.name) != own
        ]
        if file is None:
            words = f'`{point.name} = "{point.value}"` names a module that is not in the folder: see to its spelling.'
            yield Finding(check=check, result="wrong", words=words)
        elif taken:
            words = f"`{point.name}` is what {taken[0]} is called too, which is installed here: of two, one is skipped."
            yield Finding(check=check, result="wrong", words=f"{words} Choose another name.")
        else:
            yield Finding(check=check, result="ok", words=f"{point.name} = {point.value}")
            yield from _typed(file)


def _typed(file: Path) -> Iterator[Finding]:
    if file.name == "__init__.py" and not (file.parent / "py.typed").exists():
        words = "An empty file `py.typed` beside `__init__.py` tells others that the package has types."
        yield Finding(check="py.typed", result="advice", words=words)


def _imports(source: Source) -> Iterator[Finding]:
    """Whether it uses anything of Milepost that may change at any time."""
    found = []
    for file in files_in(source.folder):
        if file.suffix != ".py" or "tests" in file.relative_to(source.folder).parts:
            continue
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue  # loading it says so, and where
        found += [f"{file.relative_to(source.folder)}:{line} imports {name}" for name, line in _inner(tree)]
    words = f"{found[0]}, which may change at any time: use milepost.plugin_api alone." if found else ""
    yield Finding(check="imports", result="wrong" if found else "ok", words=words)


def _inner(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            own = node.module == "milepost"
            names = [f"milepost.{alias.name}" for alias in node.names] if own else [node.module]
        for name in names:
            top = name.split(".")[0]
            free = any(name == one or name.startswith(f"{one}.") for one in FREE)
            if (top == "milepost" and not free) or top == "milepost_server":
                yield name, getattr(node, "lineno", 0)


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
