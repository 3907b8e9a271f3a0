"""The questionnaires that lie in a device's folder, one file each; knows no terminal, and no rule of scoring."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from milepost.errors import InvalidInput, StorageDamaged
from milepost.measures import Instrument, load_instrument
from milepost.measures.loading import MAX_BYTES, is_json

FOLDER = "instruments"
_ENDINGS = (".json", ".toml")


def folder_in(home: Path) -> Path:
    """Where they lie in a device's folder."""
    return home / FOLDER


def files_in(home: Path) -> list[Path]:
    """Those there are; of two with the same id the last one counts."""
    return sorted(file for ending in _ENDINGS for file in folder_in(home).glob(f"*{ending}"))


def read_file(path: Path) -> bytes:
    """A file as far as it is looked at: a byte more than is taken.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def keep(home: Path, data: bytes, name: str, id_: str) -> None:
    """Puts the file of an instrument into the folder, in the place of another with the same id.

    Raises:
        StorageDamaged: it can't be written.
    """
    folder = folder_in(home)
    suffix, other = _ENDINGS if is_json(data, name) else reversed(_ENDINGS)
    try:
        for one in (home, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f"{id_}.part"
        part.write_bytes(data)
        part.replace(part.with_suffix(suffix))
        part.with_suffix(other).unlink(missing_ok=True)
    except OSError as error:
        raise cant_write(home, error) from error


def cant_write(home: Path, error: OSError) -> StorageDamaged:
    """What to say where the folder can't be written to."""
    return StorageDamaged(f"{folder_in(home)} can't be written: {error.strerror}. See to its rights and room.")


def brought(home: Path, text: str, name: str, *, write: bool) -> Literal["made", "changed", "nothing"]:
    """What an instrument that came with a file would come to, or (`write`) comes to.

    Raises:
        InvalidInput: it can't be used, or another form has its id.
        StorageDamaged: it can't be written.
    """
    data = text.encode()
    found = load_instrument(data, name)
    there = dict(_kept(home))
    before = there.get(found.id)
    if before is not None and before[0] == data:
        return "nothing"
    if before is not None and before[1].title != found.title:
        raise InvalidInput(
            f"{before[1].title} has the id {found.id} already. Save this one as a file of its own, and say "
            "`milepost instrument add FILE --force` to put it in the other's place."
        )
    if write:
        keep(home, data, name, found.id)
    return "made" if before is None else "changed"


def _kept(home: Path) -> Iterator[tuple[str, tuple[bytes, Instrument]]]:
    for path in files_in(home):
        try:
            data = read_file(path)
            found = load_instrument(data, path.name)
        except (InvalidInput, OSError):
            continue
        yield found.id, (data, found)
