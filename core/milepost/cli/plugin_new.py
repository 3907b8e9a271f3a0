"""`milepost plugin new`: a package to begin a plugin with; asks where it was not told, and only at a terminal."""

import shlex
from importlib import util
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, StorageDamaged
from milepost.kit.scaffolding import KINDS, Names, files_of, names_of
from milepost.plugin_loading import installed

Kind = Literal["exporter", "connector", "inbox", "importer", "notifier"]


def plugin_new(
    *name: str,
    kind: Kind | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Begin a plugin: a package that can be installed, with its types and tests, in a folder of its own.

    Parameters
    ----------
    name
        What it is called, as in 'Sleep diary'.
    kind
        What it does: exporter (writes a journal in a format), connector (carries it to a service), inbox (takes in
        what another program sends), importer (reads a file), notifier (tells people something).
    output
        The folder to write, empty or new; `./milepost-NAME` if it is left out.

    """
    chosen = _kind(kind)
    title = terminal.ask_for(
        " ".join(name).strip() or None,
        "What is it called?",
        "Say what it is called: `milepost plugin new 'Sleep diary' --kind exporter`.",
        lambda said: names_of(said, chosen),
    )
    names = names_of(title, chosen)
    _check_free(names)
    folder = Path(names.distribution) if output is None else output.expanduser()
    written = _write(folder, files_of(names, chosen))
    answer = {
        "name": names.key,
        "kind": chosen,
        "package": names.distribution,
        "module": names.module,
        "folder": str(folder),
        "files": written,
    }

    def show(console: Any) -> None:
        console.print(f"Begun in {escape(str(folder))}: {escape(names.distribution)}, which {KINDS[chosen]}. Next:")
        for command in ("python -m pip install --no-deps", "milepost plugin dev", "milepost plugin check"):
            console.print(f"  {command} {as_folder(folder)}", markup=False, soft_wrap=True)

    terminal.answer(answer, show)


def as_folder(folder: Path) -> str:
    """A folder as a word of a shell's that nothing takes for anything else: a bare name is a package elsewhere to pip."""
    return shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")


def _kind(given: str | None) -> str:
    if given is None and terminal.interactive:
        for known, about in KINDS.items():
            terminal.console().print(f"{known:10} {about}")
    missing = f"Say what kind of plugin it is: `--kind exporter`. There are: {', '.join(KINDS)}."
    return terminal.ask_for(given, "Which kind?", missing, _known_kind).strip()


def _known_kind(said: str) -> None:
    if said.strip() not in KINDS:
        raise InvalidInput(f"There is no kind {said!r}. There are: {', '.join(KINDS)}.")


def _check_free(names: Names) -> None:
    """Refuses a name that something installed has.

    Raises:
        InvalidInput: names it.
    """
    if any(point.name == names.key for point in installed()):
        raise InvalidInput(f"A plugin that is installed here is called `{names.key}` already: find another name.")
    if util.find_spec(names.module) is not None:
        raise InvalidInput(f"A module called `{names.module}` is installed here already: find another name.")


def _write(folder: Path, files: dict[str, str]) -> list[str]:
    """Writes every file into a folder that is empty or new.

    Raises:
        InvalidInput: something is in it.
        StorageDamaged: it can't be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise InvalidInput(f"{folder} is no folder. Name an empty or a new one with --output.")
        if folder.is_dir() and any(folder.iterdir()):
            raise InvalidInput(f"{folder} has something in it already. Name an empty or a new folder with --output.")
        for path, text in files.items():
            at = folder / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(text, "utf-8")
    except OSError as error:
        raise StorageDamaged(f"{folder} can't be written: {error.strerror}. Choose another with --output.") from error
    return sorted(files)
