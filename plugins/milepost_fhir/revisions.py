"""What became of things, as Provenance: one for each revision (https://hl7.org/fhir/R4/provenance.html), for files only.

A Provenance has no identifier, so no conditional PUT finds it: in a file it is POSTed. It says which fields changed, when,
and why where the person said so; what stood there before stays in the journal.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from milepost.plugin_api import JournalView, Revised
from milepost_fhir.elements import Part, only, term, text
from milepost_fhir.naming import Naming

KINDS = (("goal", "goals"), ("milestone", "milestones"), ("practice", "practices"), ("session", "sessions"))
"""Kinds of things whose revisions are told, and the list of a view that has them."""


def provenances(view: JournalView, history: Callable[[str], Sequence[Revised]], naming: Naming) -> Iterator[Part]:
    """Each time that something was changed after it was first written, the oldest first for each thing."""
    for kind, name in KINDS:
        for one in getattr(view, name):
            turns = [list(group) for _, group in groupby(history(one.id), key=lambda revised: revised.at_ms)]
            for turn in turns[1:]:
                yield _provenance(kind, one.id, turn, naming)


def _provenance(kind: str, id_: str, turn: Sequence[Revised], naming: Naming) -> Part:
    target = naming.reference(kind, id_)
    fields = ", ".join(sorted({one.field for one in turn}))
    reason = next((said for one in turn if (said := text(one.reason))), None)
    return only(
        resourceType="Provenance",
        target=[target],
        recorded=datetime.fromtimestamp(turn[0].at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        reason=[{"text": reason}] if reason else None,
        activity=term("v3-DataOperation", "UPDATE", "revise"),
        agent=[{"who": naming.me}],
        entity=[{"role": "revision", "what": only(**(target or {}), display=fields)}],
    )
