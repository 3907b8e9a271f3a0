"""Writes down the views of this version of the plugin API, if they are new: `python -m tests.plugin_views`."""

import sys

from milepost.plugin_api import API_VERSION
from tests.plugin_views import path_of, write_now

if __name__ == "__main__":
    done = "added" if write_now() else "kept as it was; a view that changed needs another API_VERSION"
    sys.stdout.write(f"{path_of(API_VERSION).name}: {done}\n")
