"""Reading an Apple Health export of two million records, beside expat that reads the same file and does nothing with it."""

import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat
from zoneinfo import ZoneInfo

from bench.figures import Figure, Sizes, alternate, faster
from milepost_health.apple import readings_of
from milepost_health.readings import WHATS

MEMORY_LIMIT_MB = 150
_NAME = "apple_health_export/export.xml"
_SHARES = {
    "HKQuantityTypeIdentifierActiveEnergyBurned": ("Cal", 33),
    "HKQuantityTypeIdentifierHeartRate": ("count/min", 30),
    "HKQuantityTypeIdentifierBasalEnergyBurned": ("Cal", 15),
    "HKQuantityTypeIdentifierStepCount": ("count", 11),
    "HKQuantityTypeIdentifierDistanceWalkingRunning": ("km", 5),
    "HKCategoryTypeIdentifierSleepAnalysis": ("", 5),
    "HKCategoryTypeIdentifierMindfulSession": ("", 1),
}
"""How many in a hundred, about as in exports of people with a watch."""


def made(path: Path, records: int) -> int:
    """Writes an export of so many records; gives the bytes of its XML."""
    rnd = random.Random(1)
    kinds = rnd.choices(list(_SHARES), [share for _, share in _SHARES.values()], k=records)
    at = datetime(2016, 1, 1)  # noqa: DTZ001 - its offset is written beside it
    size = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(_NAME, "w", force_zip64=True) as file:
        size += file.write(
            b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n]>\n<HealthData locale="en_US">\n'
        )
        for begin in range(0, records, 5_000):
            lines = [
                _record(rnd, kind, at + timedelta(seconds=150 * (begin + n)))
                for n, kind in enumerate(kinds[begin : begin + 5_000])
            ]
            size += file.write("".join(lines).encode())
        size += file.write(b"</HealthData>\n")
    return size


def _record(rnd: random.Random, kind: str, at: datetime) -> str:
    unit, end = _SHARES[kind][0], at + timedelta(seconds=rnd.randrange(30, 900))
    device = (
        f"&lt;&lt;HKDevice: 0x{rnd.randrange(2**33):x}&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch&gt;"
    )
    number = f' unit="{unit}" value="{rnd.random() * 100:.4f}"' if unit else ""
    stage = ' value="HKCategoryValueSleepAnalysisAsleepCore"' if "Sleep" in kind else ""
    more = (
        '>\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="0"/>\n </Record>\n'
        if "HeartRate" in kind
        else "/>\n"
    )
    return (
        f' <Record type="{kind}" sourceName="Watch" sourceVersion="9.6.3" device="{device}" creationDate="{end} +0100" '
        f'startDate="{at} +0100" endDate="{end} +0100"{number}{stage}{more}'
    )


def _by_expat(path: Path, start: Callable[[str, Any], None] | None) -> None:
    parser = expat.ParserCreate()
    if start is not None:
        parser.StartElementHandler = start
    with zipfile.ZipFile(path) as packed, packed.open(_NAME) as file:
        while piece := file.read(1024 * 1024):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _by_us(path: Path, *whats: str) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in readings_of(file, ZoneInfo("Europe/Vienna"), whats))  # type: ignore[arg-type, misc]


def _rate(size: int, work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        started = time.perf_counter()
        work()
        return size / 1e6 / (time.perf_counter() - started)

    return run


def _peak_mb(path: Path) -> float:
    """What a process that does nothing else takes at most, the interpreter and all it imports included."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.apple_export", str(path)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def run(sizes: Sizes) -> list[Figure]:
    """Two million records of a full run."""
    records = 20 * sizes.corpus
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        size = made(path, records)
        everything, sittings, bare, handed = alternate(
            max(1, sizes.rounds // 3),
            _rate(size, lambda: _by_us(path, *WHATS)),
            _rate(size, lambda: _by_us(path, "mindful")),
            _rate(size, lambda: _by_expat(path, None)),
            _rate(size, lambda: _by_expat(path, lambda _tag, _attributes: None)),
        )
        peak = _peak_mb(path)
    return [
        faster("apple-export", "MB/s", everything, "bare expat, no handlers", bare),
        faster("apple-export", "MB/s", everything, "expat, a handler of nothing", handed),
        faster("apple-one-rule", "MB/s", sittings, "bare expat, no handlers", bare),
        Figure("apple-memory", peak, "MB", "target", MEMORY_LIMIT_MB, MEMORY_LIMIT_MB / peak),
    ]


def _own_peak_mb() -> float:
    """What this process took at most. `ru_maxrss` has what its parent took in it, where that was more."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _by_us(Path(sys.argv[1]), *WHATS)
    print(_own_peak_mb())
