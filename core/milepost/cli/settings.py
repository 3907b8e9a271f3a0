"""Settings as people type them: `--set KEY=VALUE`, or `KEY=@FILE` for what should not be seen; knows no plugin."""

from collections.abc import Sequence
from pathlib import Path

from milepost.errors import InvalidInput

MAX_FILE_BYTES = 64 * 1024


def given(typed: Sequence[str] | None) -> dict[str, str]:
    """Setting → text, of what follows each `--set`; `@FILE` is read from that file, without the line's end.

    Raises:
        InvalidInput: one is not of that form, is given twice, or its file can't be read.

    """
    found: dict[str, str] = {}
    for one in typed or ():
        name, equals, value = one.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name:
            # What was typed is not said again: it may be a secret whose name was forgotten.
            raise InvalidInput(
                "Write each setting as KEY=VALUE, as in `--set days=30`; KEY=@FILE reads it from a file."
            )
        if name in found:
            raise InvalidInput(f"`{name}` is set twice.")
        found[name] = _read(name, value[1:]) if value.startswith("@") else value
    return found


def _read(name: str, path: str) -> str:
    try:
        data = Path(path).expanduser().read_bytes()
        if len(data) > MAX_FILE_BYTES:
            raise InvalidInput(f"{path} has more than {MAX_FILE_BYTES // 1024} kB: that is no setting.")
        return data.decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InvalidInput(f"`{name}` can't be read from {path}: {why}.") from error
