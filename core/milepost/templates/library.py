"""The templates that come with Milepost, read once from the files beside it; knows no terminal and no journal."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from milepost.templates.packs import read_pack
from milepost.templates.shapes import Area, Pack, Template
from milepost.templates.wording import areas_in, templates_in

_AREAS = "areas.toml"


LANGUAGES = ("de",)
"""Those that there are words in besides English; each has a folder of that name."""


def built_in(locale: str = "en") -> Pack:
    """Every area and template that comes with Milepost, in the order of the areas.

    Their words are in the language of a locale, as of `de-AT`; in English where there are none in that one.
    """
    language = locale.partition("-")[0].lower()
    return _in_words(language) if language in LANGUAGES else _in_english()


@cache
def _in_english() -> Pack:
    data = _data()
    areas = read_pack((data / _AREAS).read_bytes(), _AREAS).areas
    known = [area.id for area in areas]
    packs = [read_pack((data / "packs" / f"{area}.toml").read_bytes(), f"{area}.toml", known) for area in known]
    return Pack(areas=areas, templates=tuple(template for pack in packs for template in pack.templates))


@cache
def _in_words(language: str) -> Pack:
    english, data = _in_english(), _data() / language
    templates: list[Template] = []
    for area in english.areas:
        words = (data / "packs" / f"{area.id}.toml").read_bytes()
        templates += templates_in(words, f"{language}/{area.id}.toml", english.of(area.id))
    areas = areas_in((data / _AREAS).read_bytes(), f"{language}/{_AREAS}", english.areas)
    return Pack(areas=areas, templates=tuple(templates))


def _data() -> Traversable:
    return files(__package__) / "data"


def load_pack(data: bytes, name: str) -> Pack:
    """A pack that somebody wrote, with the built-in areas to sort by. `name` is the file's, for messages.

    Raises:
        InvalidInput: names the file, and of each problem its line, its place and what to do.
    """
    areas = built_in().areas
    pack = read_pack(data, name, [area.id for area in areas])
    return Pack(areas=(*areas, *pack.areas), templates=pack.templates)


def together(*packs: Pack) -> Pack:
    """All that is in several packs. Of what has one id, the first counts."""
    areas: dict[str, Area] = {}
    templates: dict[str, Template] = {}
    for pack in packs:
        for area in pack.areas:
            areas.setdefault(area.id, area)
        for template in pack.templates:
            templates.setdefault(template.id, template)
    return Pack(areas=tuple(areas.values()), templates=tuple(templates.values()))


def known_twice(pack: Pack, others: Collection[Pack]) -> str:
    """The first template of a pack whose id is that of one that comes with Milepost or is in others; empty for none."""
    known = {one.id for other in (built_in(), *others) for one in other.templates}
    return next((one.id for one in pack.templates if one.id in known), "")
