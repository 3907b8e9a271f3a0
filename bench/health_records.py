"""A long journal as FHIR: the whole export, beside what only writing the same resources down as JSON takes."""

import json
import time
from functools import partial
from typing import Any

import msgspec

from bench.corpus import JOURNAL
from bench.figures import Figure, Sizes, alternate, sooner
from bench.views import Journal, opened
from bench.years import years
from milepost.envelope import encode_event
from milepost.export_history import ExportHistory
from milepost.plugin_api import ExportContext
from milepost.projection import EVERYTHING, project
from milepost_fhir import FhirExporter
from milepost_fhir.exporter import FhirSettings

TARGET_S = 1.0
WHOLE = FhirSettings(assessments="answers")


def run(sizes: Sizes) -> list[Figure]:
    """`fhir-export`: one person's many years, with everything and each revision, from a folded state to the bytes."""
    of = opened([encode_event(event) for event in years(sizes.journal)])
    bundle = json.loads(_written(of))
    _check(bundle, of)
    ours, plain, floor = alternate(
        sizes.rounds,
        partial(_export, of),
        partial(_encode, bundle, lambda whole: json.dumps(whole).encode()),
        partial(_encode, bundle, msgspec.json.encode),
    )
    return [
        sooner("fhir-export", ours, "target", TARGET_S),
        sooner("fhir-export", ours, "bare json encoding of the same resources", plain),
        sooner("fhir-export", ours, "bare msgspec encoding of the same resources", floor),
    ]


def _written(of: Journal) -> bytes:
    context = ExportContext(
        settings=WHOLE,
        plain=True,
        salt=JOURNAL,
        today=of.now.date().isoformat(),
        history=ExportHistory(lambda: of.events, of.state, EVERYTHING),
    )
    return FhirExporter().render(project(of.state), context)


def _check(bundle: dict[str, Any], of: Journal) -> None:
    """The work was done: every goal and every check-in is there.

    Raises:
        AssertionError: one is not.
    """
    found = [entry["resource"] for entry in bundle["entry"]]
    goals = sum(one["resourceType"] == "Goal" for one in found)
    checkins = sum(one["resourceType"] == "Observation" and "performer" in one for one in found)
    wanted = len(of.state.visible("goal")), len(of.state.visible("checkin"))
    if (goals, checkins) != wanted:
        raise AssertionError(f"There are {(goals, checkins)} goals and check-ins, and should be {wanted}.")


def _export(of: Journal) -> float:
    """Seconds from a state that nobody has looked at yet to the file."""
    of.state.checkins_read = None
    started = time.perf_counter()
    body = _written(of)
    elapsed = time.perf_counter() - started
    if not body.endswith(b"]}"):
        raise AssertionError("It is not whole.")
    return elapsed


def _encode(bundle: dict[str, Any], encoded: Any) -> float:
    started = time.perf_counter()
    body = encoded(bundle)
    elapsed = time.perf_counter() - started
    if len(body) < 1000:
        raise AssertionError("It is not whole.")
    return elapsed
