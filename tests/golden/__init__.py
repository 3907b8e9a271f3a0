"""The golden files in `tests/vectors`: what they hold, how they come to be, and how they are played to the code.

Each module here is about one file. `CASES` are what goes in, `played` gives a case with what the code makes of it. The
files are what counts: `python -m tests.golden` adds cases that they lack and changes none that they have, and the tests
play what is in them. The format is described in `docs/protocol.md`, for programs in any language.
"""
