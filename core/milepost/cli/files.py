"""Files that a person asked for: only their user can read them, and what is there already is left alone."""

import os
from pathlib import Path

from milepost.errors import InvalidInput, StorageDamaged


def write_file(path: Path, body: bytes, *, force: bool) -> None:
    """Writes a whole file; over another one only with `force`.

    Raises:
        InvalidInput: there is such a file already.
        StorageDamaged: it can't be written.
    """
    odd = path.exists() and not path.is_file()  # a pipe or a device is there to be written to
    flags = os.O_WRONLY if odd else os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            if not odd:
                os.fchmod(file.fileno(), 0o600)
            file.write(body)
    except FileExistsError as error:
        raise InvalidInput(
            f"{path} is there already. Choose another name, or give --force to write over it."
        ) from error
    except OSError as error:
        raise StorageDamaged(
            f"{path} can't be written: {error.strerror}. Choose another place with --output."
        ) from error
