"""The colours of the web app are what docs/design.md says, and can be told apart in both themes."""

import re
from pathlib import Path

import pytest

from tests.docs.colours import COLOURS, PAIRS, STYLES, WEB, contrast

DESIGN = Path(__file__).parents[2] / "docs" / "design.md"
SIDED = re.compile(
    r"\b(?:margin|padding|border|(?<!area-)inset)-(?:left|right|top|bottom)\b"
    r"|^\s*(?:left|right|top|bottom|width|height):|: (?:left|right);",
    re.MULTILINE,
)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("pair", "needed"), PAIRS.items(), ids=lambda given: "-on-".join(given) if isinstance(given, tuple) else ""
)
def test_a_colour_can_be_told_from_what_it_stands_on_in_both_themes(pair: tuple[str, str], needed: float) -> None:
    what, on = pair
    for theme in (0, 1):
        assert contrast(COLOURS[what][theme], COLOURS[on][theme]) >= needed


def test_the_document_has_the_colours_that_the_styles_have() -> None:
    named = re.findall(
        r"^\| `--([a-z-]+)` \| `(#[0-9a-f]{6})` \| `(#[0-9a-f]{6})` \|", DESIGN.read_text(), re.MULTILINE
    )
    assert {name: (light, dark) for name, light, dark in named} == COLOURS


def test_the_browser_round_the_page_and_the_icon_have_its_colours() -> None:
    index = (WEB / "index.html").read_text()
    assert tuple(re.findall(r'name="theme-color" .* content="(#[0-9a-f]{6})"', index)) == COLOURS["ground"]
    icon = (WEB / "public" / "icon.svg").read_text()
    assert set(re.findall(r"#[0-9a-f]{6}", icon)) == {COLOURS["accent"][0], COLOURS["ground"][0]}


def test_a_colour_is_written_down_in_one_place() -> None:
    for path in STYLES.glob("*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            assert re.findall(r"#[0-9a-f]{3,8}\b|\brgb|\bhsl", path.read_text()) == [], path.name


def test_what_is_meant_for_one_side_is_meant_for_its_logical_side() -> None:
    for path in STYLES.glob("*.css"):
        assert SIDED.findall(path.read_text()) == [], path.name
