"""Bringing in files of other programs, on a device.

Theory of operation
-------------------
An importer (a plugin) gives the entries of a file, one after another, on a thread of its own (`reading.py`), and the
file may be larger than the memory: nothing here collects them. They are gone through in batches (`running.py`), each
written in one transaction together with how far the file was gone through. So an import that is cut short, at whatever
moment, stands at the end of a batch, and the same file with the same settings goes on from there: the entries before
are read and passed by. That is right as a file gives the same entries each time. A dry run goes the same way over a
copy of the state, and writes nothing.

What becomes of an entry is decided by `inbound.py`; `entries.py` looks at its form first, and finds what it names. An
import writes as the device that it runs on, as the person's own words do. So the device keeps in mind which events were
an import's (`device_imports.py`), and only what stands by those is changed by a later one or taken back by `import undo`
(`taking_back.py`).

A whole journal is put back the same way into an empty one, from a file that an importer can `restore`: what an entry
comes to is `restoring.py`'s, then. Questionnaires in a file go into the device's folder (`instrument_files.py`).
"""
