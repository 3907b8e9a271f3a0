"""A campaign against the promise of the whole design: real devices, real routes, a real server, and a hostile world between.

A **schedule** is a list of steps (`schedule.py`), made by Hypothesis in the tests and by chance in `make soak`. The
**stage** (`stage.py`, and `trouble.py` for all that goes wrong there) carries them out: three devices with a log, two
tokens without one, a server, and a **network** (`network.py`) that drops, doubles, delays and loses. The **truth**
(`truth.py`) keeps beside it what was written, and what its author could then see. When the schedule is over, everything
is put right, all sync until nothing moves, and **checks** (`checks.py`) compares what is there with the truth.
`mutations.py` breaks the rules one by one, to prove that this would be noticed.
"""
