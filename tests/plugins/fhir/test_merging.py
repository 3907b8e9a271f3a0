"""What stands at a server and what is to stand there, put together: the rules hold for any three versions."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from milepost.testing import FakeState
from milepost_fhir.links import Link, Links, Ref, packed, unpacked
from milepost_fhir.merging import Writes, last_written, merged

CONNECTION = "6f1ed002-ab56-4ae4-a1f6-7e0b1a6b2d7c"
SYSTEM, BASE = "urn:ietf:rfc:3986", "https://fhir.example.org/r4"
OURS = ("status", "description", "target", "priority")
THEIRS = ("note", "comment")
WRITES = Writes(elements=frozenset({*OURS, "identifier", "extension"}), extensions=("urn:milepost:",))
VALUES = st.sampled_from(["a", "b", {"text": "c"}, [1], [{"reference": "Goal/1"}]])


def elements(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), VALUES)


def links() -> Links:
    return Links(FakeState(), CONNECTION, SYSTEM)


def put(theirs: dict[str, Any], ours: dict[str, Any], link: Link) -> Any:
    return merged(
        {"resourceType": "Goal", "id": "7", **theirs}, {"resourceType": "Goal", **ours}, link, links(), WRITES, BASE
    )


@given(elements(*OURS), elements(*OURS), elements(*OURS, *THEIRS))
def test_of_any_three_versions_each_element_is_as_the_rules_say(
    before: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    found = put(theirs, ours, Link(wrote=packed(links().digests({"intent": "plan", **before}))))
    for name in {*OURS, *THEIRS}:
        was, here, there = before.get(name), ours.get(name), theirs.get(name)
        now = found.resource.get(name)
        if there == was:
            assert now == here
        elif here == was:
            assert now == there
            assert (name in found.kept) == (was is not None)
        else:
            assert now == here
            assert (name in found.changed) == (here != there)
    assert found.same == all(found.resource.get(name) == theirs.get(name) for name in {*OURS, *THEIRS})
    assert found.resource["id"] == "7"
    assert set(found.kept) <= set(found.changed)


@given(elements(*OURS), elements(*OURS, *THEIRS))
def test_where_nothing_is_known_what_we_may_write_is_ours_and_the_rest_stays(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    found = put(theirs, ours, Link())
    wanted = {**{name: theirs[name] for name in THEIRS if name in theirs}, **ours}
    assert {name: one for name, one in found.resource.items() if name not in {"resourceType", "id"}} == wanted
    assert found.changed == ()
    assert found.foreign == any(name in theirs for name in THEIRS)


@given(elements(*OURS), elements(*OURS))
def test_written_once_it_stands_there_and_is_not_written_again(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    first = put(theirs, ours, Link())
    again = put(first.resource, ours, Link(wrote=packed(links().digests(ours))))
    assert again.same
    assert again.changed == ()


@given(elements(*OURS), elements(*OURS), elements(*OURS))
def test_what_is_on_its_way_and_arrived_is_known_for_what_it_is(
    before: dict[str, Any], sent: dict[str, Any], ours: dict[str, Any]
) -> None:
    link = Link(wrote=packed(links().digests(before)), sent=packed(links().digests(sent)))
    found = put(sent, ours, link)
    if sent and len({str(before), str(sent)}) == 2 and not before.items() >= sent.items():
        assert last_written(link, links().digests(sent)) is not None
    assert {name: found.resource.get(name) for name in OURS} == {name: ours.get(name) for name in OURS} or found.kept


@given(st.lists(st.sampled_from(["urn:milepost:a", "urn:milepost:b", "urn:theirs:c", "urn:theirs:d"]), unique=True))
def test_extensions_and_identifiers_of_others_stay_beside_ours(urls: list[str]) -> None:
    theirs = {
        "extension": [{"url": url, "valueString": "theirs"} for url in urls],
        "identifier": [{"system": "urn:mrn", "value": "4711"}, {"system": SYSTEM, "value": "urn:uuid:1"}],
    }
    ours = {
        "extension": [{"url": "urn:milepost:a", "valueString": "ours"}],
        "identifier": [{"system": SYSTEM, "value": "urn:uuid:1"}],
    }
    found = put(theirs, ours, Link())
    urls_now = [one["url"] for one in found.resource["extension"]]
    assert sorted(urls_now) == sorted({"urn:milepost:a", *(url for url in urls if url.startswith("urn:theirs"))})
    assert found.resource["extension"][0]["valueString"] == "ours"
    assert [one["value"] for one in found.resource["identifier"]] == ["urn:uuid:1", "4711"]


def test_a_reference_is_the_same_however_it_is_written() -> None:
    known = links()
    known.keep(Ref("Goal", "urn:uuid:1"), Link(id="7"))
    ways = [
        {"reference": "urn:uuid:1"},
        {"reference": "Goal/7"},
        {"reference": f"{BASE}/Goal/7"},
        {"identifier": {"system": SYSTEM, "value": "urn:uuid:1"}, "type": "Goal"},
    ]
    assert len({str(known.digests({"focus": one}, BASE)) for one in ways}) == 1
    assert known.digests({"focus": {"reference": "Goal/8"}}, BASE) != known.digests({"focus": ways[0]}, BASE)


@given(elements(*OURS, *THEIRS))
def test_digests_come_back_as_they_were_packed_and_tell_nothing_to_who_does_not_know_the_connection(
    resource: dict[str, Any],
) -> None:
    digests = links().digests(resource)
    assert unpacked(packed(digests)) == digests
    other = Links(FakeState(), "7f1ed002-ab56-4ae4-a1f6-7e0b1a6b2d7c", SYSTEM).digests(resource)
    assert all(other[name] != digest for name, digest in digests.items())


def test_notes_of_others_stay_beside_ours_that_are_marked_whatever_is_known() -> None:
    marked = Writes(elements=frozenset({"note"}), extensions=("urn:milepost:",), marked=frozenset({"note"}))
    own = {"extension": [{"url": "urn:milepost:note", "valueCode": "helps"}], "text": "A walk"}
    theirs = {"resourceType": "Goal", "note": [own, {"text": "theirs"}]}
    for link in (Link(), Link(wrote=packed(links().digests({"note": [own]})))):
        for ours in ({"note": [{**own, "text": "Tea"}]}, {}):
            found = merged(theirs, {"resourceType": "Goal", **ours}, link, links(), marked, BASE)
            assert [one["text"] for one in found.resource["note"]] == [*(["Tea"] if ours else []), "theirs"]
            assert found.foreign
