"""The golden files, played to the browser's core. What is a server's alone is left out: what it stores, and what it signs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.events import JOURNAL
from tests.golden import branches, clocks, devices, forms, merging, redactions
from tests.golden.files import VECTORS, kept
from tests.web.both import Both
from tests.web.core import Core

Case = dict[str, Any]


def cases(module: Any) -> Any:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["about"]) for case in kept(module)])


def joined(bodies: list[str]) -> str:
    return f"[{','.join(bodies)}]"


def test_digests_and_the_chain(core: Core) -> None:
    golden = json.loads((VECTORS / "digest_and_chain.json").read_text())
    genesis, *walk = core("chain", golden["journal"], joined([one["body"] for one in golden["events"]]))
    assert genesis == golden["genesis"]
    assert [(digest, chain) for digest, _, chain, _ in walk] == [(e["digest"], e["chain"]) for e in golden["events"]]


@pytest.mark.parametrize("path", sorted((VECTORS / "events").iterdir()), ids=lambda path: path.stem)
def test_payloads_are_read(core: Core, path: Path) -> None:
    golden = json.loads(path.read_text())
    name, _, v = path.stem.rpartition(".")
    event = json.dumps({"device": "d", "n": 1, "type": name, "v": int(v), "data": golden["data"]})
    assert core("read", JOURNAL, event) == [golden["kind"], golden["entity"], golden["fields"]]


@cases(merging)
def test_merging(core: Core, case: Case) -> None:
    for bodies in (case["events"], sorted(case["events"], key=lambda body: json.loads(body)["n"])):
        told, expected = core("fold", JOURNAL, joined(bodies)), case["expected"]
        assert told["hash"] == expected["state_hash"]
        assert told["contexts"][0][1] == expected["context"]
        assert {device: n for device, _, n in told["contexts"][1:]} == expected["counters"]
        unread = [json.loads(body) for body in told["unfolded"]]
        assert [[event["device"], event["n"]] for event in unread] == expected["unread"]
        visible = {(kind, one) for kind, ids in told["visible"] for one in ids}
        hidden = {(one["kind"], one["id"]): one["hidden"] for one in expected["entities"]}
        assert visible == {named for named, is_hidden in hidden.items() if not is_hidden}


@cases(redactions)
def test_redactions(core: Core, case: Case) -> None:
    left = core("redact", case["event"], case["redaction"])
    assert json.loads(left) == json.loads(case["left"])
    assert core("redact", left, case["redaction"]) == left
    (_, (before, *_), (after, *_)) = core("chain", JOURNAL, joined([case["event"], left]))
    assert before == after == case["digest"]


@cases(branches)
def test_branches(core: Core, case: Case) -> None:
    log = [(one["event"], one["confirmed"], one["placed"]) for one in case["log"]]
    found = {f"{e['device']}.{e['n']}": body for body, *_ in log if (e := json.loads(body))}
    branch = core("writeAgain", JOURNAL, log, [], case["device"], case["first"], found)
    assert dict(branch["parted"]) == case["gone_from"]
    assert dict(branch["names"]) == case["names"]
    assert branch["again"] == [[one["event"], one["confirmed"]] for one in case["again"]]


@cases(clocks)
def test_clocks(core: Core, case: Case) -> None:
    if "clamp" not in case["steps"][0]:
        reads = core("clock", case.get("last") or "0" * 16, case["steps"])
        assert reads == [step["reads"] for step in case["steps"]]


def test_exact_forms(core: Core) -> None:
    golden = [case for case in kept(forms) if case["form"] != "time zone" or case["holds"]]  # no table of zones here
    assert [core("forms", case["form"], [case["text"]]) for case in golden] == [[case["holds"]] for case in golden]


@cases(devices)
def test_conversations_of_a_device(both: type[Both], case: Case) -> None:
    """The device is Python's; what it asks and does is the browser's word as well."""
    assert devices.played(case)["after"] == case["after"]
    assert "done" in both.met or case["failed"]
