"""The templates in other languages: whole, in the same parts, plain and warm; and what is said where words don't fit."""

import re
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import InvalidInput
from milepost.templates import LANGUAGES, Area, SuggestedMeasure, SuggestedPractice, Template, built_in
from milepost.templates.packs import MAX_BYTES
from milepost.templates.wording import areas_in, templates_in

NOT_SAID = {
    "de": re.compile(
        r"streak|serie|badge|score|punkte|super|toll|gut gemacht|bravo|verpasst|versag\w*|scheiter\w*|%|!|geschafft"
        r"|\b(?:muss\w*|müss\w*|soll\w*|darfst|faul|schuld\w*|fehlgeschlagen|patient\w*|symptom\w*|störung\w*|diagnos\w*"
        r"|depress\w*|therap\w*|klient\w*|trigger\w*|ressource\w*|resilien\w*|regul\w*|strateg\w*|skills?|fokus\w*"
        r"|gewicht\w*|abnehm\w*|kalorie\w*|kg|kilo\w*|diät\w*|schlank\w*|dick|medi[kz]\w*|tablette\w*|pillen?|dosis)\b",
        re.IGNORECASE,
    )
}
TO_SOMEBODY = {"de": re.compile(r"\b(?:du|dir|dich|dein\w*|euch|ihr)\b", re.IGNORECASE)}
"""How a person is spoken to."""
ENGLISH = re.compile(r"\b(?:the|and|with|what|you|your|my|of|is|to)\b", re.IGNORECASE)

MUSIC = Area(id="music", name="Music", about="Playing.")
PLAY = Template(
    id="music-again",
    area="music",
    kind="smart",
    title="Play again",
    looks_like="I hum.",
    why_prompt="What did it give you?",
    milestones=("Tune it", "Play it"),
    practices=(SuggestedPractice(title="Play one song", recurrence="FREQ=WEEKLY;BYDAY=SA", minutes=10),),
    measure=SuggestedMeasure(question="How much did I enjoy it?", low=-2, high=7, better="keep"),
)
LISTEN = Template(id="music-listen", area="music", kind="open", title="Listen", why_prompt="To what?")
WORDS = """
[music-again]
title = "Wieder  spielen"
looks_like = "Ich summe."
why_prompt = "Was hat es dir gegeben?"
milestones = ["Stimmen", "Spielen"]
practices = ["Ein Lied spielen"]
question = "Wie viel Freude hat es gemacht?"

[music-listen]
title = "Hören"
why_prompt = "Was denn?"
"""


def parts(template: Template) -> dict[str, str]:
    """Everything that is said in a template, by where it stands."""
    said = {"title": template.title, "why_prompt": template.why_prompt}
    said |= {"looks_like": template.looks_like} if template.looks_like else {}
    said |= {f"milestones {at}": title for at, title in enumerate(template.milestones)}
    said |= {f"practices {at}": practice.title for at, practice in enumerate(template.practices)}
    return said | ({"question": template.measure.question} if template.measure else {})


def without_words(template: Template) -> Template:
    """All that is in a template but what it says."""
    measure = template.measure
    return msgspec.structs.replace(
        template,
        title="",
        why_prompt="",
        looks_like=None,
        milestones=(),
        practices=tuple(msgspec.structs.replace(one, title="") for one in template.practices),
        measure=measure and msgspec.structs.replace(measure, question=""),
    )


EVERY = [(language, template) for language in LANGUAGES for template in built_in(language).templates]
each_template = pytest.mark.parametrize(("language", "template"), EVERY, ids=lambda one: getattr(one, "id", one))


def test_every_language_has_every_area_and_template_in_the_same_order() -> None:
    assert LANGUAGES == ("de",)
    for language in LANGUAGES:
        theirs = built_in(language)
        assert [one.id for one in theirs.templates] == [one.id for one in built_in().templates]
        for area, english in zip(theirs.areas, built_in().areas, strict=True):
            assert area.id == english.id
            assert area.name != english.name
            assert area.about != english.about
            assert area.about.endswith(".")


def test_no_file_of_words_is_left_unread() -> None:
    for language in LANGUAGES:
        folder = files("milepost") / "templates" / "data" / language
        assert {one.name for one in folder.iterdir()} == {"areas.toml", "packs"}
        assert {one.name for one in (folder / "packs").iterdir()} == {f"{area.id}.toml" for area in built_in().areas}


@each_template
def test_every_part_of_a_template_has_words_of_its_own_and_all_else_is_the_same(
    language: str, template: Template
) -> None:
    english = built_in().template(template.id)
    ours, theirs = parts(english), parts(template)
    assert theirs.keys() == ours.keys()
    assert [name for name in ours if theirs[name] == ours[name]] == [], language
    assert without_words(template) == without_words(english)


@each_template
def test_the_words_are_plain_warm_and_short(language: str, template: Template) -> None:
    for name, text in parts(template).items():
        assert not NOT_SAID[language].search(text), text
        assert not ENGLISH.search(text), text
        assert len(text) <= 120, text
        for sentence in re.split(r"[.:?]\s", text):
            assert len(sentence.split()) <= 20, text
        # A goal and its question are the person's own words; only the question for a reason is put to them.
        assert name == "why_prompt" or not TO_SOMEBODY[language].search(text), text
        assert text.endswith("?") == (name in {"why_prompt", "question"}), text
        assert text.endswith(".") == (name == "looks_like"), text


@pytest.mark.parametrize("locale", ["de", "de-AT", "DE-ch"])
def test_a_locale_is_read_by_its_language(locale: str) -> None:
    assert built_in(locale) is built_in("de")
    assert built_in(locale).template("sleep-quiet-evening").title == "Den Abend ruhig werden lassen"


@pytest.mark.parametrize("locale", ["en", "en-GB", "fr", "", "den", "../de"])
def test_where_there_are_no_words_they_are_in_english(locale: str) -> None:
    assert built_in(locale) is built_in()


def test_words_are_put_in_the_place_of_words_alone() -> None:
    again, listen = templates_in(WORDS.encode(), "de/music.toml", [PLAY, LISTEN])
    assert list(parts(again).values()) == [
        "Wieder spielen",
        "Was hat es dir gegeben?",
        "Ich summe.",
        "Stimmen",
        "Spielen",
        "Ein Lied spielen",
        "Wie viel Freude hat es gemacht?",
    ]
    assert without_words(again) == without_words(PLAY)
    assert parts(listen) == {"title": "Hören", "why_prompt": "Was denn?"}
    (area,) = areas_in(b'[music]\nname = "Musik"\nabout = "Spielen."', "de/areas.toml", [MUSIC])
    assert area == Area(id="music", name="Musik", about="Spielen.")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[music-listen]", "[music-lisen]", 10, "`music-lisen` is no id that there are words for here"),
        ("[music-listen]", "[music-again]", 10, "is not TOML"),
        ('[music-listen]\ntitle = "Hören"\nwhy_prompt = "Was denn?"\n', "", None, "`music-listen` has no words"),
        ('title = "Hören"\n', "", 10, "`music-listen.title` is missing"),
        ('title = "Hören"', 'title = " "', 11, "`music-listen.title` is empty"),
        ('title = "Hören"', f'title = "{"x" * 501}"', 11, "500 is the most"),
        ('title = "Hören"', 'titel = "Hören"', 11, "`music-listen.titel` is no part of this template. Here these"),
        ('"Was denn?"', '"Nichts."', 12, "`music-listen.why_prompt` must be a question"),
        ('"Was denn?"', '"Was denn?"\nlooks_like = "x"', 13, "`music-listen.looks_like` is no part of this template"),
        ('"Was denn?"', '"Was denn?"\nmilestones = []', 13, "`music-listen.milestones` is no part of this template"),
        ('"Was denn?"', '"Was denn?"\nquestion = "x?"', 13, "`music-listen.question` is no part of this template"),
        ('looks_like = "Ich summe."\n', "", 2, "`music-again.looks_like` is missing"),
        ('question = "Wie viel Freude hat es gemacht?"\n', "", 2, "`music-again.question` is missing"),
        ('["Stimmen", "Spielen"]', '["Stimmen"]', 6, "`music-again.milestones` has 1 of 2. Write as many"),
        ('["Stimmen", "Spielen"]', '["a", "b", "c"]', 6, "has 3 entries, and 2 is the most"),
        ('["Stimmen", "Spielen"]', '["Stimmen", ""]', 6, "`music-again.milestones[1]` is empty"),
        ('practices = ["Ein Lied spielen"]\n', "", 2, "`music-again.practices` has 0 of 1"),
        ('practices = ["Ein Lied spielen"]', "practices = [{}]", 7, "`music-again.practices[0]` must be text"),
        ("[music-listen]", "[[music-listen]]", 10, "`music-listen` must be a table"),
    ],
)
def test_each_error_names_the_file_the_line_and_the_id(old: str, new: str, line: int | None, words: str) -> None:
    assert WORDS.count(old) == 1
    with pytest.raises(InvalidInput) as raised:
        templates_in(WORDS.replace(old, new).encode(), "de/music.toml", [PLAY, LISTEN])
    place = "de/music.toml: " if line is None else f"de/music.toml, line {line}: "
    assert str(raised.value).startswith(place)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[music]\nname = "Musik"', "`music.about` is missing"),
        ('[music]\nname = "Musik"\nabout = "Spielen."\nid = "music"', "line 4: `music.id` is not a key I know"),
        ("", "`music` has no words. Write them below a line [music]."),
        ('[sport]\nname = "x"', "line 1: `sport` is no id that there are words for here"),
    ],
)
def test_areas_are_held_to_theirs(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)) as raised:
        areas_in(text.encode(), "de/areas.toml", [MUSIC])
    assert str(raised.value).startswith("de/areas.toml")


@pytest.mark.parametrize("data", [b"x" * (MAX_BYTES + 1), b"a = " + b"[" * 100_000, b"\xff", b"a" + b".a" * 100_000])
def test_a_file_of_words_is_bounded(data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"^de/music\.toml"):
        templates_in(data, "de/music.toml", [PLAY])


@given(st.integers(0, len(WORDS)), st.integers(0, 12), st.text(max_size=4) | st.sampled_from(['"', "]", "[[", "\n"]))
def test_words_with_any_slip_in_them_are_whole_or_refused(at: int, length: int, put: str) -> None:
    text = WORDS[:at] + put + WORDS[at + length :]
    try:
        found = templates_in(text.encode(errors="replace"), "de/music.toml", [PLAY, LISTEN])
    except InvalidInput as error:
        assert str(error).startswith("de/music.toml")
        return
    for one, english in zip(found, [PLAY, LISTEN], strict=True):
        assert parts(one).keys() == parts(english).keys()
        assert all(text.strip() for text in parts(one).values())
        assert without_words(one) == without_words(english)
