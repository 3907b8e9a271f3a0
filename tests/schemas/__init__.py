"""Databases as each earlier version left them: a server's, and those of two devices that used it, as SQL.

`python -m tests.schemas` adds those of today's schema, if there are none yet. What is there is never changed.
"""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent
SERVER, LAPTOP, PHONE = "server", "laptop", "phone"


def kept() -> list[str]:
    """The schemas there are examples of, as `log2-server3`."""
    return sorted(path.name for path in FOLDER.iterdir() if path.name.startswith("log"))


def versions(schema: str) -> dict[str, int]:
    return {part: int(word.removeprefix(part)) for part, word in zip(("log", "server"), schema.split("-"), strict=True)}


def unpack(schema: str, name: str, path: Path) -> None:
    """Makes a SQLite file of one of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress((FOLDER / schema / f"{name}.sql.gz").read_bytes()).decode())


def pack(schema: str, name: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        text = "\n".join(connection.iterdump())
    (FOLDER / schema).mkdir(exist_ok=True)
    (FOLDER / schema / f"{name}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
