"""The SQL that comes with a package, in its `sql` folder: named statements."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any


def statements(package: str, name: str) -> dict[str, str]:
    """The statements in a `.sql` file of a package's `sql` folder, by the name in the `-- name:` line above each."""
    text = (files(package) / "sql" / name).read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def repeated(sql: str, rows: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """An `INSERT … VALUES (:a, :b)` for several rows at once, and its parameters."""
    before, values, after = re.split(r"(?<=VALUES )(\([^)]*\))", sql, maxsplit=1)
    several = ",\n".join(re.sub(r":(\w+)", rf":\1_{place}", values) for place in range(len(rows)))
    return before + several + after, {f"{name}_{place}": row[name] for place, row in enumerate(rows) for name in row}
