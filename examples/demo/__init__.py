"""A made-up half-year of somebody's journal, to look at and to measure with."""
