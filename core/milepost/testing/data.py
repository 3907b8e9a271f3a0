"""What holds for questionnaires and templates that a plugin brings; subclass `DataConformance`, and set what brings them."""

from importlib import metadata
from types import ModuleType
from typing import ClassVar

from milepost.clock import new_id
from milepost.journal import State
from milepost.measures import Instrument, load_instrument, score
from milepost.measures.telling import describe
from milepost.plugin_loading import load_plugin
from milepost.plugins import Plugins
from milepost.templates import Template, load_pack, plant
from milepost.testing.findings import require


class DataConformance:
    """Tests for what `milepost_instruments` and `milepost_templates` give. Set `plugin` to the module that has them."""

    plugin: ClassVar[ModuleType]

    def loaded(self) -> Plugins:
        """The plugin as Milepost loads it."""
        found = Plugins()
        point = metadata.EntryPoint("tested", self.plugin.__name__, "milepost.plugins")
        problem = load_plugin(found, point).problem
        require(not problem, f"The plugin is not loaded: {problem}.")
        return found

    def instruments(self) -> dict[str, Instrument]:
        """Its questionnaires by id."""
        return {name: load_instrument(text.encode(), name) for name, text in self.loaded().instruments.items()}

    def templates(self) -> dict[str, Template]:
        """Its templates by id."""
        packs = (load_pack(text.encode(), name) for name, text in self.loaded().templates.items())
        return {template.id: template for pack in packs for template in pack.templates}

    def test_it_brings_something(self) -> None:
        require(bool(self.instruments() or self.templates()), "It brings no questionnaire and no template.")

    def test_each_questionnaire_can_be_filled_in(self) -> None:
        for name, form in self.instruments().items():
            require(all(item.text for item in form.items), f"A question of `{name}` has no words: give it a `text`.")
            for answers in ([min(item.values) for item in form.items], [max(item.values) for item in form.items]):
                scored = score(form, answers).score
                require(
                    scored is None or form.low <= scored <= form.high,
                    f"`{name}` has the score {scored} for {answers}, beyond {form.low} to {form.high}.",
                )
            require(
                all(label and words for label, words in describe(form)),
                f"`{name}` says nothing where it should say what.",
            )

    def test_each_template_begins_a_goal(self) -> None:
        for name, template in self.templates().items():
            made = plant(State("j"), new_id, template, start="2026-05-04", milestones=True, practices=True)
            require(bool(made[1]), f"`{name}` begins no goal.")
            require(bool(template.why_prompt), f"`{name}` asks nothing about why: give it a `why_prompt`.")
