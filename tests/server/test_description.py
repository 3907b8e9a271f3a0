"""The API's own document, as somebody reads it who is to write a script."""

from typing import Any

import pytest

from tests.server.conftest import Api
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture
from tests.server.test_api import problem


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.client.get("/schema/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "patch", "delete"}
    ]


def test_what_needs_a_token_says_so_and_how_to_get_one(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, method, operation in operations(document):
        needs = path not in {"/v1/pair", "/v1/capabilities", "/v1/invitations/look"}
        assert operation["security"] == ([{"token": []}] if needs else []), (path, method)
        assert ("401" in operation["responses"]) == needs


def test_every_operation_has_a_heading_and_says_what_it_is_refused_with(document: dict[str, Any]) -> None:
    headings = {tag["name"] for tag in document["tags"]}
    assert {"goals", "checkins", "sync", "views", "devices", "members"} <= headings
    for path, method, operation in operations(document):
        assert set(operation["tags"]) <= headings
        for code, response in operation["responses"].items():
            assert response["description"] not in {"", "Additional response"}
            if int(code) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (path, method, code)
    written = document["paths"]["/v1/journals/{journal}/goals/{entity}"]["patch"]["responses"]
    assert {"200", "400", "401", "403", "404", "412", "413", "422"} == set(written)
    for path in ("invitations", "members/{member}", "access-log"):
        for operation in document["paths"][f"/v1/journals/{{journal}}/{path}"].values():
            assert operation["tags"] == ["members"]
            assert {"401", "403", "404"} <= set(operation["responses"])
            assert not {"412", "422"} & set(operation["responses"])
    for path, method, operation in operations(document):
        if "/connections" in path or path == "/v1/plugins":
            assert operation["tags"] == ["connections"]
            assert not {"412", "422"} & set(operation["responses"]), (path, method)
    assert {"403"} <= set(document["paths"]["/v1/invitations/look"]["post"]["responses"])
    assert document["paths"]["/v1/join"]["post"]["tags"] == ["members"]


def test_the_fields_of_a_body_have_types_and_only_what_is_needed_is_required(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for name, field in body.get("properties", {}).items():
            assert field.keys() & {"type", "anyOf", "enum", "$ref"}, (path, method, name)
    paths = document["paths"]

    def body_of(path: str, method: str) -> Any:
        return paths[f"/v1/journals/{{journal}}/{path}"][method]["requestBody"]["content"]["application/json"]["schema"]

    assert "required" not in body_of("checkins", "post")
    assert body_of("practices", "post")["required"] == ["title", "recurrence"]
    assert body_of("milestones/{entity}", "patch")["properties"]["status"]["enum"] == ["dropped", "planned", "reached"]
    assert body_of("checkins", "post")["properties"]["on"]["description"] == "A date like 2026-12-18."


def test_what_the_framework_refuses_says_what_to_do(api: Api) -> None:
    nothing = api.client.get("/v1/nothing")
    assert problem(nothing)[:2] == (404, "not-found")
    assert "/schema" in nothing.json()["detail"]
    wrong = api.client.put("/v1/journals", headers=api.headers())
    assert problem(wrong)[:2] == (405, "wrong-method")
    assert "Allow" in wrong.json()["detail"]
    assert {"GET", "POST"} <= set(wrong.headers["allow"].replace(" ", "").split(","))
    assert api.client.get("/problems/wrong-method").status_code == 200
    unknown = api.client.get("/v1/journals")
    assert problem(unknown)[:2] == (401, "not-signed-in")
    assert "milepost device token" in unknown.json()["detail"]


def test_head_is_answered_as_get_without_the_body(api: Api) -> None:
    for path in ("/healthz", "/", "/v1/journals", "/v1/capabilities", "/schema/openapi.json"):
        whole, head = (api.client.request(method, path, headers=api.headers()) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert api.client.head("/v1/journals").status_code == 401
    assert api.client.head("/v1/nothing").status_code == 404
    assert api.client.head("/v1/live", headers=api.headers()).status_code == 405, "it would never end"
