"""What holds for every importer; subclass `ImporterConformance` in a test, and set what it is about."""

import io
import tracemalloc
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

from milepost.errors import InvalidInput
from milepost.plugin_api import FromFile, Importer, NewEntry
from milepost.testing.findings import require, skip
from milepost.testing.host import FakeHost
from milepost.testing.inboxes import GARBAGE
from milepost.testing.journal import FakeJournal, sample_journal
from milepost.testing.settings import SettingsConformance

LARGE_BYTES = 2 * 1024 * 1024
LARGE_ROOM_BYTES = 1024 * 1024
"""How much memory reading a file of `LARGE_BYTES` may take."""


class ImporterConformance(SettingsConformance):
    """Tests for an importer. Set `importer`, and what is in a `file`; `large` is for formats that can be read in pieces."""

    importer: ClassVar[type[Importer[Any]]]

    def file(self) -> bytes:
        """A file with something in it."""
        skip("`file` is not defined: no file with something in it is read.")

    def large(self) -> Iterator[bytes]:
        """A file without end, in pieces: it is cut off where it is large enough."""
        skip("`large` is not defined: no large file is read.")

    def journal(self) -> FakeJournal:
        """The journal that it reads for."""
        return sample_journal()

    def written(self) -> bytes:
        """A file that was written from a journal, for an importer that can put one back."""
        skip("`written` is not defined: no journal is put back.")

    def read(self, file: bytes | BinaryIO) -> Iterator[FromFile]:
        return FakeHost(self.settings).read(self.importer(), file, self.journal().view())

    def test_a_file_is_read(self) -> None:
        require(bool(list(self.read(self.file()))), "A file with something in it gives nothing.")

    def test_the_same_file_gives_the_same_entries(self) -> None:
        first = list(self.read(self.file()))
        require(
            list(self.read(self.file())) == first,
            "The same file gives other entries: make `external_id` from what is in it, never from the time or chance.",
        )

    def test_no_two_things_have_the_same_external_id(self) -> None:
        ids = [(one.kind, one.external_id) for one in self.read(self.file()) if isinstance(one, NewEntry)]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        require(not twice, f"Two things have the same external id, so the second would change the first: {twice[:1]}.")

    def test_garbage_is_refused_in_words(self) -> None:
        for body in GARBAGE:
            self._read_or_refuse(body)

    def test_a_file_that_is_cut_off_is_read_or_refused_in_words(self) -> None:
        whole = self.file()
        for part in range(1, 8):
            self._read_or_refuse(whole[: len(whole) * part // 8])

    def test_a_journal_is_put_back_whole_and_alike_each_time(self) -> None:
        if self.importer.restore is Importer.restore:
            skip("It defines no `restore`.")
        once, again = (FakeHost(self.settings).restore(self.importer(), self.written()) for _ in range(2))
        things = [len(getattr(once, name)) for name in once.__struct_fields__ if isinstance(getattr(once, name), tuple)]
        require(any(things), "A file that was written from a journal puts nothing back.")
        require(
            things
            == [len(getattr(again, name)) for name in once.__struct_fields__ if isinstance(getattr(once, name), tuple)],
            "The same file puts another journal back each time.",
        )

    def test_a_large_file_does_not_have_to_fit(self) -> None:
        file = _Endless(self.large(), LARGE_BYTES)
        importer = self.importer()
        importer.view = self.journal().view()
        entries = importer.read(io.BufferedReader(file, 65536), self.settings)
        first = next(iter(entries), None)
        require(first is not None, "The large file gives nothing.")
        require(
            file.given < LARGE_BYTES // 2,
            "It reads half of the file and more before it gives anything: give each as it is read.",
        )
        tracemalloc.start()
        try:
            for _ in entries:
                pass
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        require(
            most < LARGE_ROOM_BYTES,
            f"Reading {LARGE_BYTES:,} bytes took {most:,} bytes of memory: keep nothing that was given.",
        )

    def _read_or_refuse(self, body: bytes) -> None:
        try:
            for _ in self.read(body):
                pass
        except InvalidInput:
            return
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(
                f"A file that begins {body[:40]!r} raised {type(error).__name__}: {error}. Raise InvalidInput, and say what is "
                "wrong with the file."
            ) from error


class _Endless(io.RawIOBase):
    """A file that is made as it is read, and cut off at a size."""

    def __init__(self, pieces: Iterator[bytes], size: int) -> None:
        self._pieces = pieces
        self._size = size
        self._rest = b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and self.given < self._size:
            self._rest = next(self._pieces, b"")
            if not self._rest:
                break
        part = self._rest[: len(buffer)]
        self._rest = self._rest[len(part) :]
        buffer[: len(part)] = part
        self.given += len(part)
        return len(part)
