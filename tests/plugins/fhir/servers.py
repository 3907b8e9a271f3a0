"""A FHIR server of others, really running on this machine: Medplum's router from npm, on the Node that comes as a wheel."""

import subprocess
from typing import Any

import httpx

from tests.plugins.fhir.npm import FOLDER, NODE, modules

FHIR = {"content-type": "application/fhir+json"}


class FhirServer:
    """A server that runs, looked at as another program would. Empty it for each test."""

    def __init__(self) -> None:
        modules()
        self.port = 0
        self.start()

    def start(self) -> None:
        """Runs it; at the same address as before, if there was one, and empty."""
        command = [str(NODE / "bin" / "node"), "server.mjs", str(self.port)]
        self.process = subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.strip().isdigit(), f"the FHIR server did not start: {line}"
        self.port = int(line)
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"x-somebody-else": "yes"},  # a token of its own, so to say
            timeout=20.0,
            trust_env=False,
        )

    def stop(self) -> None:
        self.http.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir/R4"

    # How strict it is

    def empty(self) -> None:
        """As if nobody had ever been there."""
        self._told("/empty")

    def rule(self, **rules: Any) -> None:
        """See `fresh` in server.mjs."""
        self._told("/control", rules)

    def revoke(self) -> None:
        """No token that was given out counts any more."""
        self._told("/revoke")

    def asked(self) -> list[dict[str, Any]]:
        """Every request since it was emptied: `method`, `url`, and the requests in a Bundle."""
        found: list[dict[str, Any]] = self._told("/log")
        return found

    def bundles(self) -> list[list[dict[str, Any]]]:
        """The requests in each Bundle that came."""
        return [one["entries"] for one in self.asked() if one["entries"]]

    def _told(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(path, json=body) if body is not None else self.http.post(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # What is there

    def all(self, *types: str) -> list[dict[str, Any]]:
        """Every resource, or those of some types."""
        found: list[dict[str, Any]] = self._told("/all")
        return [one for one in found if not types or one["resourceType"] in types]

    def one(self, kind: str) -> dict[str, Any]:
        """The one resource of its type."""
        found = self.all(kind)
        assert len(found) == 1, found
        return found[0]

    def seen(self) -> dict[str, Any]:
        """What is there, without what the server itself adds; references are by the identifier of what they are to."""
        names = {f"{one['resourceType']}/{one['id']}": _name(one) for one in self.all()}
        return {_name(one): _plain(one, names) for one in self.all()}

    def write(self, resource: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Another program writes, over what it saw unless `if_match` says otherwise; what was written."""
        path = f"/fhir/R4/{resource['resourceType']}"
        answer = (
            self.http.put(f"{path}/{resource['id']}", json=resource, headers={**FHIR, **headers})
            if "id" in resource
            else self.http.post(path, json=resource, headers={**FHIR, **headers})
        )
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def change(self, resource: dict[str, Any], **elements: Any) -> dict[str, Any]:
        """Another program changes a resource."""
        return self.write({**resource, **elements})


def _name(resource: dict[str, Any]) -> str:
    said = resource.get("identifier") or [{}]
    first = said[0] if isinstance(said, list) else said
    return f"{resource['resourceType']} {first.get('value') or resource['id']}"


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_plain(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain(one, names) for name, one in value.items()}
    if isinstance(plain.get("reference"), str):
        plain["reference"] = names.get(plain["reference"], plain["reference"])
    if "resourceType" in plain:
        plain.pop("id", None)
        plain.pop("meta", None)
    return plain
