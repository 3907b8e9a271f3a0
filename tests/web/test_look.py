"""The screens of the web app in a real browser: each one readable, reachable and big enough to hit, in both themes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web.building import WEB, modules, node
from tests.web.building import gallery as build
from tests.web.looking import STATES, THEMES, WIDTHS, Gallery, serving

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]
"""All that a change of theme alone can break."""


@pytest.fixture(scope="module")
def gallery(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    folder = tmp_path_factory.mktemp("gallery")
    build(folder)
    with serving(folder) as address:
        yield Gallery(address, browser)


@pytest.fixture(scope="module")
def axe() -> str:
    return (modules() / "axe-core" / "axe.min.js").read_text()


@pytest.mark.parametrize("state", STATES)
def test_a_screen_is_readable_and_everything_on_it_can_be_hit(gallery: Gallery, axe: str, state: str) -> None:
    with gallery.open(state) as page:
        page.evaluate("look.unfold()")
        page.evaluate(axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("look.small()") == []
            assert not page.evaluate("look.tooWide()")
            for theme, rules in zip(THEMES, (WCAG, COLOURS), strict=True):
                page.emulate_media(color_scheme=theme)
                assert page.evaluate("rules => look.broken(rules)", rules) == [], (width, theme)


@pytest.mark.parametrize("state", STATES)
def test_a_screen_holds_longer_words_larger_type_and_the_other_direction(gallery: Gallery, state: str) -> None:
    with gallery.open(state, lang="de", dir="rtl") as page:
        page.evaluate("look.unfold()")
        assert not page.evaluate("look.tooWide()")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for width in (640, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert not page.evaluate("look.tooWide()"), width


def focused(page: Page) -> str:
    """What has the focus, as somebody would name it."""
    return str(page.evaluate("look.focused()"))


@pytest.mark.parametrize(
    "state",
    [
        "today",
        "goal",
        "goal-new",
        "conflicts",
        "together",
        "plan-write",
        "timeline",
        "session",
        "ending",
        "calendar-once",
        "connection",
        "connection-new-shelf",
    ],
)
def test_the_keyboard_reaches_everything_and_what_it_is_on_is_seen(gallery: Gallery, state: str) -> None:
    with gallery.open(state) as page:
        page.evaluate("look.unfold()")
        wanted = page.evaluate("look.reachable()")
        for _ in range(wanted + 6):
            page.keyboard.press("Tab")
            page.evaluate("look.note()")
        assert page.evaluate("look.come.size") >= wanted


def test_the_first_tab_offers_to_skip_to_the_content(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.keyboard.press("Tab")
        assert focused(page) == "To the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_going_somewhere_puts_the_focus_on_its_heading_and_its_name_on_the_window(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.get_by_role("link", name="Goals").click()
        assert (focused(page), page.title()) == ("Goals", "Goals · Milepost")
        assert page.url == f"{gallery.address}/goals"
        page.get_by_role("link", name="Help now").click()
        assert (focused(page), page.url) == ("Help now", f"{gallery.address}/help-now")
        page.go_back()
        assert focused(page) == "Goals"


def test_the_focus_stays_near_when_what_had_it_is_taken_away(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.get_by_role("button", name="Take out: Whether").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Taken out.").wait_for()
        assert focused(page) == "Next session"
        page.keyboard.press("Control+z")
        page.get_by_role("button", name="Take out: Whether").wait_for()
        page.locator(".sheet summary").last.click()
        page.get_by_role("button", name="Sleep without").focus()
        page.keyboard.press("Enter")
        assert focused(page).startswith("Sleep without")
        assert page.evaluate("document.activeElement.tagName") == "H2"


def test_a_check_in_is_two_taps_and_can_be_undone(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.get_by_role("radio", name="6", exact=True).click()
        page.get_by_role("button", name="Keep").first.click()
        page.get_by_text("Kept.").wait_for()
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("It is as it was.").wait_for(state="attached")
        assert page.get_by_role("button", name="Undo").count() == 0


def test_a_check_in_with_nothing_in_it_is_answered_in_plain_words(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.get_by_role("button", name="Keep").first.click()
        page.get_by_text("A number or a word is enough.").wait_for()


def test_a_number_is_chosen_by_arrow_keys(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        page.get_by_role("radio", name="0", exact=True).focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        assert page.get_by_role("radio", name="4", exact=True).is_checked()


def order(page: Page) -> list[str]:
    return [text[:4] for text in page.locator("ol.ordered .own").all_inner_texts()]


def drag(page: Page, place: int, to: int) -> None:
    """Drags a goal by its handle, as slowly as a finger does."""
    boxes = [handle.bounding_box() or {} for handle in page.locator(".handle").all()]
    page.mouse.move(boxes[place]["x"] + 20, boxes[place]["y"] + 20)
    page.mouse.down()
    page.mouse.move(boxes[to]["x"] + 20, boxes[to]["y"] + 20 + (20 if to > place else -20), steps=12)
    page.mouse.up()


def test_goals_are_put_in_order_by_keyboard_by_drag_and_by_buttons(gallery: Gallery) -> None:
    with gallery.open("goals") as page:
        page.get_by_role("button", name="Change the order").click()
        handles = page.locator(".handle")
        handles.first.wait_for()
        assert order(page) == ["Say ", "Slee", "Walk"]
        handles.first.focus()
        page.keyboard.press("ArrowDown")
        assert order(page) == ["Slee", "Say ", "Walk"]
        assert focused(page).startswith("Move “Say")
        page.get_by_text("is now at place 2 of 3.").wait_for(state="attached")
        page.keyboard.press("Control+z")
        assert order(page) == ["Say ", "Slee", "Walk"]
        drag(page, 0, 2)
        assert order(page) == ["Slee", "Walk", "Say "]
        drag(page, 2, 0)
        assert order(page) == ["Say ", "Slee", "Walk"]
        drag(page, 0, 2)
        handles.first.click()
        page.get_by_role("button", name="Further down").click()
        assert order(page) == ["Walk", "Slee", "Say "]


def test_a_goal_needs_words_and_nothing_else(gallery: Gallery) -> None:
    with gallery.open("goal-new") as page:
        page.get_by_role("button", name="Keep this goal").click()
        page.get_by_text("They don’t have to be the right ones.").wait_for()
        page.keyboard.type("Row the cloud boat")
        page.get_by_role("button", name="Keep this goal").click()
        page.get_by_text("The goal is kept.").wait_for()
        assert focused(page) == "Goals"


def test_words_that_are_not_kept_yet_are_still_there_when_somebody_comes_back(gallery: Gallery) -> None:
    with gallery.open("goal-new") as page:
        field = page.get_by_label("Something I want to be different")
        field.fill("Row the cloud boat")
        page.get_by_role("link", name="Today").click()
        page.get_by_role("link", name="Goals").click()
        page.get_by_role("link", name="A new goal").click()
        assert field.input_value() == "Row the cloud boat"
        page.get_by_role("button", name="Start afresh").click()
        assert field.input_value() == ""


def test_words_changed_elsewhere_are_shown_beside_ones_own(gallery: Gallery) -> None:
    with gallery.open("goal-meanwhile") as page:
        field = page.get_by_label("Something I want to be different")
        assert field.input_value() == "Say what I need, at once"
        page.get_by_text("Say what I need, kindly").wait_for()
        page.get_by_role("button", name="Take these words").click()
        assert field.input_value() == "Say what I need, kindly"
        assert page.get_by_role("button", name="Take these words").count() == 0


def test_the_brief_is_one_page_of_paper_with_nothing_to_press(gallery: Gallery) -> None:
    with gallery.open("brief", width=1280) as page:
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
        page.emulate_media(media="print")
        assert page.locator(page.evaluate("look.can")).filter(visible=True).count() == 0


def test_the_theme_follows_the_system(gallery: Gallery) -> None:
    grounds = set()
    for theme in THEMES:
        with gallery.open("today", theme=theme) as page:
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_nothing_moves_for_somebody_who_wants_less_motion(gallery: Gallery) -> None:
    with gallery.open("today") as page:
        assert not page.evaluate("look.moving()")
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate("look.moving()")


def test_the_parts_of_the_app_pass_their_own_tests() -> None:
    ran = node(modules() / "vitest" / "vitest.mjs", "run", "src/app")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_types_of_the_app_hold() -> None:
    ran = node(modules() / "typescript" / "bin" / "tsc", "--noEmit")
    assert ran.returncode == 0, ran.stdout


def test_what_the_gallery_is_made_of_is_no_part_of_the_app(tmp_path: Path) -> None:
    ran = node(
        modules() / "vite" / "bin" / "vite.js", "build", "--outDir", tmp_path, "--emptyOutDir", "--logLevel", "warn"
    )
    assert ran.returncode == 0, ran.stderr
    shipped = "".join(file.read_text() for file in tmp_path.rglob("*") if file.suffix in {".js", ".css", ".html"})
    assert "Milepost" in shipped
    assert "goose" not in shipped
    assert "goose" in (WEB / "src" / "gallery" / "people.ts").read_text()
