"""`docs/protocol.md` says what the code does: its tables, its byte layouts, its examples played to a real server."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from litestar.testing import TestClient

from milepost import errors
from milepost.database import Query, Work, unit
from milepost.envelope import Event, decode_event, genesis_chain, identity_digest, next_chain
from milepost.events import EVENT_TYPES
from milepost.journal import State, state_hash
from milepost.receipts import Proof, event_text, place_text, walk
from milepost_server.app import create_app
from milepost_server.records import issue_code
from milepost_server.services import Services, open_services
from tests.docs import tables

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
JOURNAL = "11111111-1111-4111-8111-111111111111"
ACCOUNT = "44444444-4444-4444-8444-444444444444"
NOW = 1_800_000_000_000


def section(title: str) -> str:
    """What stands under one heading, up to the next of the same depth or above."""
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^#{{1,3}} |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[2]


def blocks(language: str, text: str = DOCUMENT) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", sorted(tables.DOCS.glob("*.md")), ids=lambda path: path.name)
def test_the_tables_that_are_read_off_the_code_are_current(path: Path) -> None:
    document = path.read_text()
    assert document == tables.renewed(document), "`python -m tests.docs.tables` writes them anew"


def test_every_table_stands_somewhere() -> None:
    documents = (path.read_text() for path in tables.DOCS.glob("*.md"))
    assert {name for document in documents for name in tables.standing(document)} == set(tables.TABLES)


def test_every_type_is_in_the_version_that_the_document_names() -> None:
    assert "Every type is in\nversion 1." in section("Event types")
    assert {known.v for known in EVENT_TYPES.values()} == {1}


def test_every_problem_is_listed() -> None:
    codes = {c.code for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.MilepostError)}
    assert codes == set(re.findall(r"^\| `([a-z-]+)` \|", section("Problems"), re.MULTILINE))


def test_the_example_event_has_the_digest_and_chain_that_the_layouts_give() -> None:
    """Computed here from the document's own words, and compared with the code."""
    text = section("Digest and chain")
    (body,) = blocks("json", text)
    event = json.loads(body)
    data = re.search(r'"data": (\{.*\})\n\}', body)
    assert data
    salted = hashlib.sha256(f"milepost data 1\n{event['salt']}\n{data[1]}".encode()).hexdigest()
    lines = [
        "milepost event 1",
        JOURNAL,
        event["device"],
        event["n"],
        "",
        event["hlc"],
        event["actor"],
        event["type"],
        1,
    ]
    digest = hashlib.sha256("".join(f"{line}\n" for line in [*lines, salted]).encode()).digest()
    genesis = hashlib.sha256(f"milepost chain 1\n{JOURNAL}\n".encode()).digest()
    chain = hashlib.sha256(genesis + digest + f"{event['received_at']}\n{event['hlc']}\n\n".encode()).digest()
    decoded = decode_event(body.encode())
    assert digest == identity_digest(JOURNAL, decoded)
    assert genesis == genesis_chain(JOURNAL)
    assert chain == next_chain(genesis, digest, decoded)
    assert re.findall(r"`([0-9a-f]{64})`", text) == [digest.hex(), genesis.hex(), chain.hex()]


def test_the_example_proof_leads_along_the_example_log() -> None:
    (body,) = blocks("json", section("Receipts"))
    proof = msgspec.json.decode(body, type=Proof)
    assert f'"cursor": {{"seq": {proof.seq - 1}, "chain": "{proof.chain}"}}' in DOCUMENT
    assert f'"cursor": {{"seq": {proof.seq}, "chain": "{walk(proof.chain, proof.links)}"}}' in DOCUMENT


def test_receipts_are_of_the_texts_that_the_document_shows() -> None:
    place, event = blocks("text", section("Receipts"))
    shown = place.replace("<journal>", JOURNAL).replace("<seq>", "7").replace("<chain value there>", "ab")
    assert place_text(JOURNAL, 7, "ab").decode() == shown
    left = Event(device="d", n=2, seen={"b": 1, "a": 3}, rejected="why", digest="cd" * 32)
    lines = event_text(JOURNAL, left).decode().splitlines()
    assert lines == [
        event.splitlines()[0],
        JOURNAL,
        "d",
        "2",
        "a=3,b=1",
        "cd" * 32,
        hashlib.sha256().hexdigest(),
        "why",
    ]
    assert len(event.splitlines()) == len(lines)


class Exchange(NamedTuple):
    """A request of the document, and the answer that it shows; `script`: sent with the token of the script."""

    method: str
    path: str
    script: bool
    body: str
    status: int
    answer: str


def exchanges() -> list[Exchange]:
    found = blocks("http")
    assert len(found) % 2 == 0
    made = []
    for asked, answered in zip(found[::2], found[1::2], strict=True):
        (method, path), (_, status, *_) = asked.split("\n", 1)[0].split(), answered.split("\n", 1)[0].split()
        made.append(
            Exchange(
                method,
                path,
                "\nAuthorization: Bearer <the script's token>\n" in asked,
                asked.partition("\n\n")[2],
                int(status),
                answered.partition("\n\n")[2],
            ),
        )
    return made


def masked(shown: Any, given: Any) -> Any:
    """What was given, with `…` wherever the document shows that."""
    if shown == "…":
        return "…"
    if isinstance(shown, dict) and isinstance(given, dict):
        return {name: masked(shown.get(name), value) for name, value in given.items()}
    if isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
        return [masked(*pair) for pair in zip(shown, given, strict=True)]
    return given


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[TestClient[Any], Services]]:
    """A server with the document's account, at the document's time."""
    held: list[Services] = []

    @unit
    def as_account() -> Work[None]:
        yield Query("UPDATE accounts SET account = :account", {"account": ACCOUNT})

    async def opener() -> tuple[Services, Callable[[], Awaitable[None]]]:
        services, database = await open_services(tmp_path)
        await database.write(as_account())
        services.now_ms = lambda: NOW
        held.append(services)
        return services, database.close

    with TestClient(create_app(opener)) as client:
        yield client, held[0]


def code(client: TestClient[Any], services: Services) -> str:
    async def issue() -> str:
        return await services.database.write(issue_code(ACCOUNT, NOW))

    made: str = client.blocking_portal.call(issue)  # type: ignore[attr-defined]
    return made


def test_the_examples_are_what_a_server_answers(server: tuple[TestClient[Any], Services]) -> None:
    client, services = server
    headers, script = {"content-type": "application/json"}, {"content-type": "application/json"}
    for step in exchanges():
        body = step.body.replace("K7QM-2XTP", code(client, services)).strip()
        sent = script if step.script else headers
        response = client.request(step.method, step.path, content=body.encode() or None, headers=sent)
        shown = json.loads(step.answer)
        assert (response.status_code, masked(shown, response.json())) == (step.status, shown), step
        if step.path == "/v1/pair":
            headers["authorization"] = f"Bearer {response.json()['token']}"
        if (step.method, step.path) == ("POST", "/v1/devices"):
            script["authorization"] = f"Bearer {response.json()['token']}"


def test_the_state_hash_is_the_one_of_the_lines(server: tuple[TestClient[Any], Services]) -> None:
    text = section("The state hash")
    lines = blocks("text", text)[1]
    hashed = hashlib.sha256(lines.encode()).hexdigest()
    assert f"`{hashed}`" in text
    sent = [json.loads(step.body) for step in exchanges() if step.path == "/v1/sync"]
    state = State(JOURNAL)
    for event in (event for part in sent for event in part["journals"][JOURNAL].get("events", [])):
        state.apply(decode_event(json.dumps(event).encode()))
    assert state_hash(state) == hashed
