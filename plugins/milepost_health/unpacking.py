"""Opens an Apple Health export, packed or not, and gives its XML piece by piece, within bounds. Reads no XML.

What Apple packs is `apple_health_export/export.xml`, in the phone's language (`eksport.xml`, …), beside a second view of the
same (`export_cda.xml`), routes and clinical documents, which are not opened.
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from milepost.plugin_api import InvalidInput

PIECE = 128 * 1024
MAX_XML_BYTES = 64 * 1024**3
"""Of the unpacked XML: twenty times the largest that people told of."""
MAX_TIMES = 400
"""How many times larger than its packed form the XML may be; Apple's is about thirty times larger."""
MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
"""Of the list of files in a packed export, which has to be read at once."""
HEAD = 1024 * 1024
"""Within so many bytes the document must have begun."""
ROOT = b"<HealthData"
_PACKED = b"PK\x03\x04"
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = "The file is damaged, or was not copied to its end. Export it once more."


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The XML of an export, piece by piece.

    Raises:
        InvalidInput: it is no such export, is damaged, or unpacks to more than can be.

    """
    whole: io.BufferedReader = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file)  # type: ignore[arg-type]
    if not whole.peek(4).startswith(_PACKED):
        yield from _bounded(whole, None)
        return
    try:
        _check_directory(whole)
        with zipfile.ZipFile(whole) as packed:
            member = _main(packed)
            with packed.open(member) as xml:
                yield from _bounded(xml, member.compress_size)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, NotImplementedError) as error:
        raise InvalidInput(_DAMAGED) from error


def _check_directory(file: BinaryIO) -> None:
    """Refuses a list of files that would not fit into memory, before it is read (APPNOTE.TXT of PKWARE, 4.3.14 and 4.3.16)."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    end = file.read(66_000)
    file.seek(0)
    at, at_64 = end.rfind(_END), end.rfind(_END_64)
    length = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
    if at_64 >= 0:
        length = max(length if length != 0xFFFFFFFF else 0, int.from_bytes(end[at_64 + 40 : at_64 + 48], "little"))
    if length > MAX_DIRECTORY_BYTES:
        raise InvalidInput("The file has far more files in it than an Apple Health export. Nothing of it was read.")


def _main(packed: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The file with the records, by what it begins with: its name is in the phone's language."""
    for member in packed.infolist():
        name = member.filename.lower()
        if name.count("/") > 1 or not name.endswith(".xml") or name.endswith("_cda.xml"):
            continue
        if member.flag_bits & 1:
            raise InvalidInput("The file is locked with a password. Unlock it first.")
        if member.compress_type not in _METHODS:
            raise InvalidInput("The file is packed in a way that Apple does not pack. Export it once more.")
        with packed.open(member) as file:
            if ROOT in file.read(HEAD):
                return member
    raise InvalidInput("There is no Apple Health export in the file: it should have `export.xml` in it.")


def _bounded(file: IO[bytes], packed: int | None) -> Iterator[bytes]:
    most = MAX_XML_BYTES if packed is None else min(MAX_XML_BYTES, max(packed, 16 * 1024) * MAX_TIMES)
    given = 0
    while piece := file.read(PIECE):
        given += len(piece)
        if given > most:
            raise InvalidInput("The file unpacks to far more than an Apple Health export does. No more of it was read.")
        yield piece
