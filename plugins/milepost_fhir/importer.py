"""A FHIR file read: what others have of a person, to be asked about and noted; or what Milepost wrote, to be put back."""

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from milepost.plugin_api import FromFile, Importer, InvalidInput, NewEntry, NewInstrument, NoSettings, NotTaken
from milepost_fhir.bundles import Found, Links, contents_of
from milepost_fhir.restoring import everything
from milepost_fhir.taking import asked, noted

TAKEN = ("Goal", "Observation", "Questionnaire")
"""Goals first, so that what is about one finds it."""
BESIDE = frozenset({"Patient", "CarePlan", "Consent", "Provenance", "Practitioner", "Organization", "RelatedPerson"})
"""What only stands around, and is not missed."""


class FhirImporter(Importer[NoSettings]):
    """Goals become proposals, Observations check-ins, and Questionnaires are kept to be filled in."""

    format = "fhir"
    title = "goals and observations out of a health record"

    def read(self, file: BinaryIO, settings: NoSettings) -> Iterator[FromFile]:
        del settings
        found, is_ours = contents_of(file)
        if is_ours:
            raise InvalidInput(
                "Milepost wrote this file: what is in it is a journal already, and not what others have of you. Put it "
                "back with `--restore`, into an empty journal."
            )
        _check_one_person(found)
        links, left = Links(found), Counter[str]()
        for one in sorted(found, key=lambda one: TAKEN.index(one.type) if one.type in TAKEN else len(TAKEN)):
            if one.wrong:
                yield NotTaken(name=one.name, reason=one.wrong)
            elif one.type not in TAKEN:
                left[one.type or "?"] += 1
            elif (entry := _entry(one, links)) is not None:
                yield entry
        for type_ in sorted(left.keys() - BESIDE):
            yield NotTaken(
                name=f"{type_} ({left[type_]:,})", reason="Only goals, observations and questionnaires come in."
            )

    def restore(self, file: BinaryIO, settings: NoSettings) -> Iterator[NewEntry]:
        del settings
        found, is_ours = contents_of(file)
        if not is_ours:
            raise InvalidInput(
                "Milepost did not write this file, so there is no journal in it to put back. Leave `--restore` out, and "
                "what is in it comes in as what others have of you."
            )
        for one in found:
            if one.wrong:
                raise InvalidInput(f"{one.name} can't be read. {one.wrong}")
        yield from everything(found)


def _entry(one: Found, links: Links) -> FromFile | None:
    if one.type == "Goal":
        return asked(one, links)
    if one.type == "Observation":
        return noted(one, links)
    called = one.read.id or one.read.name or one.name
    return NewInstrument(name=f"{called[:100]}.json", text=one.raw.decode())


def _check_one_person(found: list[Found]) -> None:
    """Whoever asks a server too widely gets others' records too; none of those may come in.

    Raises:
        InvalidInput: it is about several people.
    """
    people = {
        one.read.subject.reference for one in found if one.type in {"Goal", "Observation"} and one.read is not None
    }
    # Who is contained in a resource has no name outside of it (https://hl7.org/fhir/R4/references.html#contained).
    named = sorted(one for one in people if one and not one.startswith("#"))
    if len(named) > 1:
        raise InvalidInput(
            f"The file is about several people ({', '.join(named[:3])} …). Give one that is about you alone."
        )
