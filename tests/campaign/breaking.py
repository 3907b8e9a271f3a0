"""Connections that fail or die at a chosen statement, as a full disk or a killed process would."""

import sqlite3
from typing import Any


class Crash(BaseException):
    """The process is gone: nothing more of it is carried out."""


class Breaking:
    """A connection whose statements work until `left` are carried out; then it fails once, or is dead for good."""

    def __init__(self, connection: sqlite3.Connection, left: int, *, dies: bool) -> None:
        self.real, self.left, self.dies = connection, left, dies
        self.broken = False

    @property
    def in_transaction(self) -> bool:
        return self.real.in_transaction

    def _count(self) -> None:
        self.left -= 1
        if self.broken and self.dies:
            raise Crash
        if self.left >= 0 or self.broken:
            return
        self.broken = True
        if self.dies:
            raise Crash
        if self.real.in_transaction:
            self.real.execute("ROLLBACK")  # as SQLite itself does when the disk is full
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    def execute(self, sql: str, *params: Any) -> sqlite3.Cursor:
        self._count()
        return self.real.execute(sql, *params)

    def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
        self._count()
        return self.real.executemany(sql, rows)

    def close(self) -> None:
        self.real.close()
