"""What a browser fetches before it shows the app."""

from bench.web_app import FIRST_LOAD_BYTES, first_load, first_scripts
from tests.web.building import app


def test_it_is_one_script_that_weighs_little_and_may_be_compiled_at_once() -> None:
    built = app()
    (script,) = first_scripts(built)
    assert script.read_bytes().startswith(b"//# allFunctionsCalledOnLoad\n")
    assert first_load(built) <= FIRST_LOAD_BYTES
