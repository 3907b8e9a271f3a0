"""Schemas: numbered scripts, forward only, and bringing a SQLite file up to date by them; knows no engine but that.

A script that was released is never changed: `tests/schemas` has what each earlier version left, and holds it.
"""

import re
import sqlite3
from collections.abc import Sequence
from importlib.resources import files

from milepost.errors import StorageDamaged


def migrations(package: str, prefix: str) -> list[str]:
    """The numbered `<prefix>_NNN.sql` scripts of a package's `sql` folder, in order."""
    folder = files(package) / "sql"
    names = sorted(f.name for f in folder.iterdir() if re.fullmatch(rf"{prefix}_\d{{3}}\.sql", f.name))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def migrate(connection: sqlite3.Connection, part: str, scripts: Sequence[str]) -> None:
    """Brings one part of the schema up to date; each script runs once, in one transaction with the note of it.

    Raises:
        StorageDamaged: the file was written by a newer version.

    """
    version = known_version(connection, part, scripts)
    for number, script in enumerate(scripts[version:], version + 1):
        note = (
            f"INSERT INTO schema_parts VALUES ('{part}', {number}) ON CONFLICT (part) DO UPDATE SET version = {number}"
        )
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{note};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def known_version(connection: sqlite3.Connection, part: str, scripts: Sequence[str]) -> int:
    """The version of a part, which is none that the scripts do not know."""
    connection.execute("CREATE TABLE IF NOT EXISTS schema_parts (part TEXT PRIMARY KEY, version BIGINT NOT NULL)")
    row = connection.execute("SELECT version FROM schema_parts WHERE part = ?", (part,)).fetchone()
    refuse_newer(part, version := row[0] if row else 0, len(scripts))
    return int(version)


def refuse_newer(part: str, version: int, known: int) -> None:
    """A database is opened only where its schema is known.

    Raises:
        StorageDamaged: a newer version wrote it.

    """
    if version > known:
        raise StorageDamaged(
            f"This database was written by a newer Milepost ({part} {version}, this one knows {known}). "
            "Upgrade this one, or put back a backup that it made; nothing was changed."
        )
