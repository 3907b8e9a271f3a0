"""What holds for every plugin of data, and what this one brings."""

import milepost_rest_example

from milepost.testing import DataConformance


class TestRest(DataConformance):
    """Inherited: it loads, each form can be filled in from end to end, each template begins a goal."""

    plugin = milepost_rest_example

    def test_the_questionnaire_goes_up_when_things_are_better(self) -> None:
        form = self.instruments()["example-rest"]
        assert (len(form.items), form.high, form.better) == (4, 12, "up")

    def test_one_template_has_numbers_and_one_has_none(self) -> None:
        assert {name: one.kind for name, one in self.templates().items()} == {
            "example-rest-evenings": "smart",
            "example-rest-asking": "open",
        }
