"""The web app as the server gives it out: its files, its one page, what a browser may keep, and what it may do."""

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from milepost_server.app import create_app, paths_taken
from milepost_server.services import Services, open_services
from milepost_server.web import FOR_EVER, PAGE, assets, with_web

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = {
    PAGE: b"<!doctype html><title>Milepost</title>",
    f"{PAGE}.br": b"the page, packed",
    "sw.js": b"addEventListener('install', () => {})",
    "manifest.webmanifest": b"{}",
    "assets/app-1a2b.js": b"export {}",
    "assets/app-1a2b.js.br": b"the script, packed",
    ".made-from": b"no file of the app's",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Litestar]]:
    root, data = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("data")
    for name, body in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(body)

    async def opener() -> tuple[Services, Callable[[], Awaitable[None]]]:
        services, database = await open_services(data)
        return services, database.close

    app = create_app(opener)
    app.asgi_handler = with_web(app.asgi_handler, assets(root), paths_taken(app))
    with TestClient(app, base_url="http://here.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/goals", "/goals/4f2a", "/sessions?next=1"])
def test_every_address_of_the_app_is_its_one_page(browser: TestClient[Litestar], path: str) -> None:
    answer = browser.get(path, headers=BROWSER)
    assert (answer.status_code, answer.content) == (200, FILES[PAGE])
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_who_asks_for_no_page_is_told_in_words(browser: TestClient[Litestar]) -> None:
    assert "milepost pair" in (browser.get("/", headers={"accept": "*/*"})).text
    assert (browser.get("/goals", headers={"accept": "application/json"})).status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/nowhere", "/v1/capabilities", "/problems/not-found", "/schema", "/healthz", "/nowhere.js"]
)
def test_what_is_not_the_apps_is_answered_as_ever(browser: TestClient[Litestar], path: str) -> None:
    answer = browser.get(path, headers=BROWSER)
    assert FILES[PAGE] not in answer.content
    assert answer.status_code == (404 if "nowhere" in path else 200)


def test_nothing_is_changed_through_an_address_of_the_app(browser: TestClient[Litestar]) -> None:
    assert (browser.post("/goals", headers=BROWSER)).status_code in {404, 405}


def test_files_whose_names_say_what_is_in_them_are_kept_for_ever_and_others_asked_about(
    browser: TestClient[Litestar],
) -> None:
    assert (browser.get("/assets/app-1a2b.js")).headers["cache-control"] == FOR_EVER
    for path, media_type in (
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ):
        answer = browser.get(path)
        assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-cache", media_type)
    assert (browser.get("/.made-from")).status_code == 404


@pytest.mark.parametrize(("accepted", "coding", "body"), [
    ("gzip, deflate, br, zstd", "br", FILES[f"{PAGE}.br"]),
    ("gzip", None, FILES[PAGE]),
    ("br;q=0", None, FILES[PAGE]),
])  # fmt: skip
def test_it_comes_packed_where_that_is_understood_and_each_form_has_its_own_tag(
    browser: TestClient[Litestar], accepted: str, coding: str | None, body: bytes
) -> None:
    asked = {**BROWSER, "accept-encoding": accepted}
    with browser.stream("GET", "/", headers=asked) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding"), raw) == (coding, body)
    assert "accept-encoding" in answer.headers["vary"]
    tag = answer.headers["etag"]
    assert tag.endswith('-br"') == bool(coding)
    again = browser.get("/", headers={**asked, "if-none-match": f'W/"old", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_asking_for_the_head_alone_gives_the_same_without_the_body(browser: TestClient[Litestar]) -> None:
    asked = {**BROWSER, "accept-encoding": "identity"}
    head, whole = browser.head("/", headers=asked), browser.get("/", headers=asked)
    assert head.headers == whole.headers
    assert head.content == b""


def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_that_was_written_into_it(
    browser: TestClient[Litestar],
) -> None:
    headers = (browser.get("/", headers=BROWSER)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("unsafe" in value or "*" in value or "http" in value for value in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_without_a_built_app_everything_else_is_as_ever(tmp_path: Path) -> None:
    async def app(*_: object) -> None:
        """Never asked here."""

    assert assets(tmp_path) == {}
    assert with_web(app, {}, ()) is app


def test_the_service_worker_leaves_the_servers_own_addresses_alone(browser: TestClient[Litestar]) -> None:
    source = (Path(__file__).parents[2] / "server" / "web" / "src" / "sw.js").read_text()
    found = re.search(r"const TAKEN = .*\(([a-z0-9|]+)\)", source)
    assert found is not None
    assert set(found[1].split("|")) == paths_taken(browser.app)
