"""Figures about how somebody is: instruments and their scores, goal attainment, reliable change; pure throughout."""

from milepost.measures.attainment import Attained, attainment_t, start_level
from milepost.measures.builtin import builtin_instruments
from milepost.measures.instruments import Instrument
from milepost.measures.loading import load_instrument
from milepost.measures.reliable_change import Change, reliable_change
from milepost.measures.scoring import Scored, score

__all__ = [
    "Attained",
    "Change",
    "Instrument",
    "Scored",
    "attainment_t",
    "builtin_instruments",
    "load_instrument",
    "reliable_change",
    "score",
    "start_level",
]
