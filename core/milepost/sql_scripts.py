"""The SQL that comes with a package, in its `sql` folder: named statements, and the scripts that bring a schema up to date."""

import re
from importlib.resources import files


def statements(package: str, name: str) -> dict[str, str]:
    """The statements in a `.sql` file of a package's `sql` folder, by the name in the `-- name:` line above each."""
    text = (files(package) / "sql" / name).read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def migrations(package: str, prefix: str) -> list[str]:
    """The numbered `<prefix>_NNN.sql` scripts of a package's `sql` folder, in order."""
    folder = files(package) / "sql"
    names = sorted(f.name for f in folder.iterdir() if re.fullmatch(rf"{prefix}_\d{{3}}\.sql", f.name))
    return [(folder / name).read_text(encoding="utf-8") for name in names]
