"""Bodies compressed and not, as the other side asks: over a real socket where that matters."""

import contextlib
import gzip
import json
import zlib
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import new_id
from milepost.errors import InvalidInput, TooLarge, UnknownCoding
from milepost.messages import MIN_CODED_BYTES
from milepost_server.coding import MAX_BODY_BYTES, MAX_WINDOW_BYTES, chosen, decoded, encoded
from tests.events import event
from tests.server.conftest import Api
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture
from tests.server.test_api import as_json, problem, push


def pulled(api: Api, accept: str) -> Any:
    """A page, asked for in certain codings; the body as it came over the wire."""
    headers = {**api.headers(), "accept-encoding": accept}
    with api.client.stream("GET", f"/v1/journals/{api.journal}/events", headers=headers) as response:
        return response, b"".join(response.iter_raw())


@pytest.fixture
def page(api: Api) -> bytes:
    push(api, *(event(n, title=f"Goal {n} " + "and then some more words " * 4) for n in range(1, 60)))
    _, body = pulled(api, "identity")
    return bytes(body)


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("zstd", "zstd"),
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("ZSTD ; Q=0.1", "zstd"),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("", ""),
        ("br", ""),
        ("identity", ""),
        ("gzip;q=0", ""),
        ("*;q=0", ""),
        ("gzip;q=0.5, identity;q=0.9", ""),
        ("gzip;q=nonsense", ""),
        ("gzip;q=7", ""),
    ],
)
def test_an_answer_comes_in_the_coding_that_was_asked_for(api: Api, page: bytes, accept: str, coding: str) -> None:
    response, body = pulled(api, accept)
    assert response.headers.get("content-encoding", "") == coding
    assert response.headers["vary"] == "accept-encoding"
    assert int(response.headers["content-length"]) == len(body)
    plain = {"zstd": zstandard.ZstdDecompressor().decompress, "gzip": gzip.decompress, "": bytes}[coding](body)
    assert plain == page
    assert coding == "" or len(body) < len(page) / 2


def test_small_answers_stay_as_they_are(api: Api) -> None:
    push(api, event(1))
    response, body = pulled(api, "zstd")
    assert len(body) < MIN_CODED_BYTES
    assert "content-encoding" not in response.headers


@given(st.text("gzipstdentyq*;=,. 0159"))
def test_any_accept_encoding_can_be_read(header: str) -> None:
    assert chosen(header) in {"", "zstd", "gzip"}


@given(st.binary(max_size=5_000), st.sampled_from(["zstd", "gzip"]))
def test_what_is_encoded_is_decoded_to_the_same(body: bytes, coding: str) -> None:
    assert decoded(encoded(body, coding), coding) == body


@given(st.binary(min_size=1, max_size=200), st.sampled_from(["zstd", "gzip", "x-gzip", "br", "zstd, gzip"]))
def test_nonsense_is_refused_or_read_and_never_more(body: bytes, coding: str) -> None:
    with contextlib.suppress(InvalidInput, TooLarge, UnknownCoding):
        assert len(decoded(body, coding, 1_000)) <= 1_000


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_compressed_push_is_stored_as_it_was_written(api: Api, coding: str) -> None:
    sent = [as_json(event(n), api.account) for n in range(1, 40)]
    body = encoded(json.dumps({"events": sent}).encode(), coding)
    headers = {**api.headers(), "content-encoding": coding, "content-type": "application/json"}
    response = api.client.post(f"/v1/journals/{api.journal}/events", content=body, headers=headers)
    assert [r["outcome"] for r in response.json()["results"]] == ["stored"] * 39
    assert [e["data"] for e in api.get(f"/v1/journals/{api.journal}/events").json()["events"]] == [
        e["data"] for e in sent
    ]


def posted(api: Api, content: bytes, coding: str) -> Any:
    headers = {**api.headers(), "content-encoding": coding, "content-type": "application/json"}
    return problem(api.client.post("/v1/sync", content=content, headers=headers))


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_bomb_is_refused_before_it_goes_off(api: Api, coding: str) -> None:
    bomb = encoded(b" " * 300_000_000, coding)
    assert len(bomb) < 400_000
    status, code, words = posted(api, bomb, coding)
    assert (status, code) == (413, "too-large")
    assert str(MAX_BODY_BYTES) in words


def test_a_window_that_would_take_much_memory_is_refused(api: Api) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True, write_content_size=False)
    body = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    sent = body.compress(b"{}" * 40_000) + body.flush()
    assert zstandard.get_frame_parameters(sent).window_size > MAX_WINDOW_BYTES
    assert posted(api, sent, "zstd")[:2] == (400, "invalid")


def test_the_limit_of_a_body_is_that_of_its_decoded_bytes(api: Api) -> None:
    just = encoded(b" " * (MAX_BODY_BYTES - 15) + b'{"journals":{}}', "zstd")
    headers = {**api.headers(), "content-encoding": "zstd", "content-type": "application/json"}
    assert api.client.post("/v1/sync", content=just, headers=headers).status_code == 200
    assert posted(api, encoded(b" " * (MAX_BODY_BYTES + 1), "zstd"), "zstd")[:2] == (413, "too-large")
    assert posted(api, b"x" * (MAX_BODY_BYTES + 1), "zstd")[:2] == (413, "too-large")


def test_a_coding_that_is_not_read_is_named_with_those_that_are(api: Api) -> None:
    status, code, words = posted(api, b"anything", "br")
    assert (status, code) == (415, "unknown-coding")
    assert "zstd, gzip" in words
    response = api.client.post("/v1/sync", content=b"x", headers={**api.headers(), "content-encoding": "br"})
    assert response.headers["accept-encoding"] == "zstd, gzip"


@pytest.mark.parametrize(("coding", "body"), [("zstd", b"\x00" * 9), ("gzip", b"\x1f\x8b\x08\x00broken")])
def test_what_can_not_be_decoded_is_said_to_be_so(api: Api, coding: str, body: bytes) -> None:
    assert posted(api, body, coding)[:2] == (400, "invalid")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_tag_names_the_bytes_that_were_sent_and_is_understood_when_it_comes_back(api: Api, coding: str) -> None:
    goal = api.post(f"/v1/journals/{api.journal}/goals", {"title": "x"}, token=script(api)).json()["id"]
    for n in range(9):
        made = {"title": f"Goal {n}", "why": "because " * 30}
        assert api.post(f"/v1/journals/{api.journal}/goals", made, token=script(api)).status_code == 201
    path = f"/v1/journals/{api.journal}/goals"
    plain = api.client.get(path, headers={**api.headers(), "accept-encoding": "identity"}).headers["etag"]
    asking = {**api.headers(), "accept-encoding": coding}
    tag = api.client.get(path, headers=asking).headers["etag"]
    assert tag == plain[:-1] + f'-{coding}"'
    for known, shown in ((tag, tag), (f"W/{tag}", tag), (plain, plain)):
        again = api.client.get(path, headers={**asking, "if-none-match": known})
        assert (again.status_code, again.headers["etag"]) == (304, shown)
    one = f"{path}/{goal}"
    matching = api.client.get(one, headers=asking).headers["etag"][:-1] + f'-{coding}"'
    sent = {**api.headers(script(api)), "if-match": matching}
    assert api.client.patch(one, json={"title": "y"}, headers=sent).status_code == 200


def script(api: Api) -> str:
    """A token for a script."""
    if not hasattr(api, "script_token"):
        api.script_token = api.post("/v1/devices", {"name": "script"}).json()["token"]  # type: ignore[attr-defined]
    return str(api.script_token)  # type: ignore[attr-defined]


def test_a_snapshot_is_read_by_who_knows_no_zstd(api: Api) -> None:
    push(api, *(event(n) for n in range(1, 60)))
    path = f"/v1/journals/{api.journal}/snapshot"
    bodies = {}
    for accept in ("zstd", "gzip", "identity"):
        with api.client.stream("GET", path, headers={**api.headers(), "accept-encoding": accept}) as response:
            raw = b"".join(response.iter_raw())
            assert response.headers.get("content-encoding", "identity") == accept
        plain = {"zstd": zstandard.ZstdDecompressor().decompress, "gzip": zlib_gunzip, "identity": bytes}[accept](raw)
        bodies[accept] = msgspec.json.decode(plain)
    assert bodies["zstd"] == bodies["gzip"] == bodies["identity"]
    assert bodies["zstd"]["cursor"]["seq"] == 59


def zlib_gunzip(body: bytes) -> bytes:
    return zlib.decompress(body, wbits=31)


def test_a_snapshot_of_a_journal_that_is_not_yours_is_not_there(api: Api) -> None:
    assert problem(api.get(f"/v1/journals/{new_id()}/snapshot"))[:2] == (404, "not-found")
