"""Goal templates: words to begin with, sorted by area, built in or from a pack that somebody wrote; knows no terminal,
and nothing of what a person makes of them.
"""

from milepost.templates.library import LANGUAGES, built_in, load_pack, together
from milepost.templates.packs import MAX_BYTES, MAX_TEMPLATES
from milepost.templates.planting import plant
from milepost.templates.shapes import Area, Pack, SuggestedMeasure, SuggestedPractice, Template

__all__ = [
    "LANGUAGES",
    "MAX_BYTES",
    "MAX_TEMPLATES",
    "Area",
    "Pack",
    "SuggestedMeasure",
    "SuggestedPractice",
    "Template",
    "built_in",
    "load_pack",
    "plant",
    "together",
]
