"""One SQLite file, as every part of the program opens and writes it."""

from pathlib import Path

import pytest

from milepost.sqlite_file import ROWS_AT_A_TIME, insert, open_sqlite


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_A_TIME, ROWS_AT_A_TIME + 1, 3 * ROWS_AT_A_TIME - 1])
def test_any_number_of_rows_goes_in_whole_and_in_order(tmp_path: Path, count: int) -> None:
    connection = open_sqlite(tmp_path / "file")
    connection.execute("CREATE TABLE words (at INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT UNIQUE, times INTEGER)")
    insert(connection, "words (word, times)", [(f"{n}", n) for n in range(count)])
    assert connection.execute("SELECT at, word, times FROM words ORDER BY at").fetchall() == [
        (n + 1, f"{n}", n) for n in range(count)
    ]
    connection.close()
