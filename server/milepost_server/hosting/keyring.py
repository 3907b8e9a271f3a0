"""The keys that seal what plugins are trusted with, in a file of the data folder beside the database; knows no database.

Sealed is AES-256-GCM (NIST SP 800-38D). A sealed text names its key, and is bound to the place that it was sealed for:
moved to another it does not open. The first key seals; all of them open, so that keys can be changed one after the other.
"""

import base64
import contextlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from milepost.errors import StorageDamaged
from milepost_server.receipts import Key, Keys

KEY_FILE = "secrets.key"
NONCE_BYTES = 12


class Keyring:
    """Seals texts and opens them, with the keys of a folder's file: put there by hand, they count from the next text on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys: dict[str, AESGCM] = {}
        self._seals = ""
        self._as_of = (0, 0, 0)
        self.read()

    def read(self) -> list[str]:
        """Reads the file; the names of its keys, the one that seals first.

        Raises:
            StorageDamaged: the file can't be read or made.

        """
        as_of = self._file_now()
        keys = read_keys(self.folder)
        self._keys = {key.id: AESGCM(bytes.fromhex(key.key)) for key in keys}
        self._seals, self._as_of = keys[0].id, as_of
        return list(self._keys)

    def seal(self, text: str, *place: str) -> str:
        """A text that only `open` reads, and only for the same place."""
        self._look()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._keys[self._seals].encrypt(nonce, text.encode(), _bound(place))
        return f"{self._seals}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *place: str) -> str:
        """What was sealed for a place.

        Raises:
            StorageDamaged: its key is not here, or it was sealed for another place, or changed.

        """
        self._look()
        name = sealed_by(sealed)
        if name not in self._keys:
            raise StorageDamaged(
                f"What a plugin was trusted with was sealed by the key {name!r}, which this server does not have: put its "
                f"`{KEY_FILE}` into the data folder. All servers on one database need the same."
            )
        try:
            data = base64.b64decode(sealed.partition(".")[2], validate=True)
            return self._keys[name].decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound(place)).decode()
        except (InvalidTag, ValueError) as error:
            raise StorageDamaged(
                "What a plugin was trusted with can't be opened: it was changed in the database. Set the connection up anew."
            ) from error

    def _look(self) -> None:
        """Reads the file again if it is another one; while it can't be read, the keys there were stay."""
        if self._file_now() != self._as_of:
            with contextlib.suppress(StorageDamaged):
                self.read()

    def _file_now(self) -> tuple[int, int, int]:
        try:
            found = (self.folder / KEY_FILE).stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def sealed_by(sealed: str) -> str:
    """The name of the key that something was sealed by."""
    return sealed.partition(".")[0]


def _bound(place: tuple[str, ...]) -> bytes:
    return "\0".join(place).encode()


def new_key() -> Key:
    """A key that nobody has."""
    return Key(secrets.token_hex(4), secrets.token_hex(32))


def read_keys(folder: Path) -> list[Key]:
    """The keys in a folder's file, made where there is none.

    Raises:
        StorageDamaged: the file can't be read or made.

    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            write_keys(folder, [new_key()], new=True)
        keys = msgspec.json.decode(file.read_bytes(), type=Keys).keys
        for key in keys:
            AESGCM(bytes.fromhex(key.key))
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise StorageDamaged(
            f"{file} can't be read ({error}). Put back a copy of it. Without one, move it away: another is made, and every "
            "connection to a plugin has to be set up anew."
        ) from error
    return keys


def write_keys(folder: Path, keys: Sequence[Key], *, new: bool = False) -> None:
    """Writes the file whole. Where it is `new`, one that another process wrote meanwhile stays."""
    file = folder / KEY_FILE
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.encode(Keys(list(keys))) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        if new:
            with contextlib.suppress(FileExistsError):
                os.link(partial, file)
        else:
            partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
