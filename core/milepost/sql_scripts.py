"""The SQL that comes with a package, in its `sql` folder: named statements."""

import re
from importlib.resources import files


def statements(package: str, name: str) -> dict[str, str]:
    """The statements in a `.sql` file of a package's `sql` folder, by the name in the `-- name:` line above each."""
    text = (files(package) / "sql" / name).read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[1::2], parts[2::2], strict=True)}
