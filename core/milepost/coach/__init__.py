"""The coach: asks one question at a time about how a goal is put, when a person wants one; knows no clock and no file
but its own words, and never rewrites anything.
"""

from milepost.coach.lens import LENSES, OPEN_LENSES, PLACEHOLDER, Hint, Lens, hint, remark

__all__ = ["LENSES", "OPEN_LENSES", "PLACEHOLDER", "Hint", "Lens", "hint", "remark"]
