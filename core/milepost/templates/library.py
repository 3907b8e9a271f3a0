"""The templates that come with Milepost, read once from the files beside it; knows no terminal and no journal."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files

from milepost.templates.packs import read_pack
from milepost.templates.shapes import Area, Pack, Template

_AREAS = "areas.toml"


@cache
def built_in() -> Pack:
    """Every area and template that comes with Milepost, in the order of the areas."""
    data = files(__package__) / "data"
    areas = read_pack((data / _AREAS).read_bytes(), _AREAS).areas
    known = [area.id for area in areas]
    packs = [read_pack((data / "packs" / f"{area}.toml").read_bytes(), f"{area}.toml", known) for area in known]
    return Pack(areas=areas, templates=tuple(template for pack in packs for template in pack.templates))


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
