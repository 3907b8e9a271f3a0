"""What a person sets for a calendar: which things are in it, how far back, in which language and colour."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["goals", "milestones", "practices", "sessions"]
KINDS: tuple[Kind, ...] = ("goals", "milestones", "practices", "sessions")
Language = Literal["", "en", "de"]
Colour = Literal["teal", "blue", "green", "olive", "orange", "brown", "purple", "gray", "navy", "maroon"]

COLOURS: dict[str, str] = {
    "teal": "#008080",
    "blue": "#0000FF",
    "green": "#008000",
    "olive": "#808000",
    "orange": "#FFA500",
    "brown": "#A52A2A",
    "purple": "#800080",
    "gray": "#808080",
    "navy": "#000080",
    "maroon": "#800000",
}
"""The CSS name that RFC 7986 asks for → the number that Apple's programs read."""
PAST_DAYS = 365

GoalId = Annotated[str, Meta(pattern="^[0-9a-f-]{3,36}$")]


class IcsSettings(Struct, frozen=True, kw_only=True):
    """What is in a calendar, and how it looks."""

    kinds: Annotated[
        tuple[Kind, ...],
        Meta(description="What is in it: goals, milestones, practices, sessions; with commas between."),
    ] = KINDS
    goals: Annotated[
        tuple[GoalId, ...],
        Meta(
            max_length=200,
            description="Ids of goals, or their beginnings: only these, with their milestones and practices.",
        ),
    ] = ()
    past_days: Annotated[int, Meta(ge=0, le=36_500, description="For how many days what is past stays in it.")] = (
        PAST_DAYS
    )
    alarms: Annotated[bool, Meta(description="Whether reminders about goals and practices come along as alarms.")] = (
        True
    )
    colour: Annotated[Colour, Meta(description="The calendar's colour, where the program asks for one.")] = "teal"
    language: Annotated[Language, Meta(description="Of the neutral words; the journal's own if you don't say.")] = ""
