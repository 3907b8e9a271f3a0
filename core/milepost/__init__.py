"""Milepost keeps the goals that people set in therapy: an event log on each device, the same state on all of them.

A script begins with `Device`, which opens a folder, and `sync` with an `HttpServer`; `milepost.commands` says what can
be written, `milepost.views` what can be read. A plugin author needs `milepost.plugin_api` alone.
"""

__version__ = "0.1.0"
