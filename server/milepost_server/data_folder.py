"""A server's data folder: who owns it, and how a command reaches the process that does."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.errors import FolderInUse, StorageDamaged
from milepost.folder import exclusive

ADMIN_FILE = "admin.json"
DATABASE_FILE = "database.json"
LOCK_FILE = "lock"


def synced(path: Path) -> None:
    """Brings what was written to a file to the disk, or a folder's names."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Running(Struct, frozen=True):
    """How to speak to the server that owns a folder."""

    url: str
    key: str


class Named(Struct, frozen=True):
    """The database that a folder's server uses."""

    url: str


class DataFolder:
    """One folder with all that a server keeps."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Creates it, readable by its owner alone.

        Raises:
            StorageDamaged: it can't be made or isn't a folder.

        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageDamaged(
                f"{self.path} can't be used as a folder ({error.strerror}). Choose another with --data."
            ) from error

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """Owns the folder for as long as the block runs: never two writers on one database.

        Raises:
            FolderInUse: another process does.

        """
        self.make()
        with exclusive(self.path / LOCK_FILE) as mine:
            if not mine:
                raise FolderInUse(
                    f"Another process uses {self.path}. Stop it first, or choose another folder with --data."
                )
            yield

    @contextlib.contextmanager
    def announced(self, url: str) -> Iterator[str]:
        """Tells commands on this machine how to reach the server; gives the key they will show."""
        key = secrets.token_urlsafe(32)
        self._keep(ADMIN_FILE, Running(url, key))
        try:
            yield key
        finally:
            (self.path / ADMIN_FILE).unlink(missing_ok=True)

    def _keep(self, name: str, value: Struct) -> None:
        """Writes a file that its owner alone may read, whole or not at all."""
        file = self.path / name
        partial = file.with_suffix(".new")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(msgspec.json.encode(value))
        synced(partial)
        partial.replace(file)
        synced(self.path)

    def remember_database(self, url: str) -> None:
        """From now on the folder's server uses that database; the address may have a password in it."""
        self._keep(DATABASE_FILE, Named(url))

    def database(self) -> str:
        """The address of the database that was named for the folder; empty where its own file is used.

        Raises:
            StorageDamaged: it can't be read.

        """
        file = self.path / DATABASE_FILE
        try:
            return msgspec.json.decode(file.read_bytes(), type=Named).url
        except FileNotFoundError:
            return ""
        except (OSError, msgspec.DecodeError) as error:
            raise StorageDamaged(
                f"{file} can't be read ({error}). Name the database anew: `milepost serve --database …`."
            ) from error

    def running(self) -> Running | None:
        """The server that owns the folder now, or None."""
        try:
            return msgspec.json.decode((self.path / ADMIN_FILE).read_bytes(), type=Running)
        except (OSError, msgspec.DecodeError):
            return None
