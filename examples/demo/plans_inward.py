"""What Juniper Vale, whom nobody has ever met, wanted for evenings, walks and a kinder word; every word made up."""

from examples.demo.plan import Asked, Plan, Step, Turn

KINDLY = Plan(
    day=2,
    title="Talk to myself the way I talk to my sister",
    fields={
        "area": "self-esteem",
        "why": "I would never say those things to Wren.",
        "looks_like": "I drop a cup and say: oh well, a cup.",
        "helps": "Her photograph on the mirror. Saying it out loud.",
        "importance": 10,
        "confidence": 2,
    },
    often=(0.42, 0.4, 0.4, 0.35, 0.4, 0.35, 0.4),
    asked=Asked(
        fields={"question": "How kindly did I speak to myself?", "low": 0, "high": 10, "better": "up", "target": 6},
        first=2.4,
        last=6.6,
        rough=1.5,
    ),
    good=(
        "Burnt the rice. Said: hungry people still eat rice.",
        "Heard it begin and said, thank you, that will do.",
        "Looked at the photograph first.",
        "Finished late and did not call it a failure. It was just late.",
        "Somebody praised the drawing and I said thank you, nothing else.",
        "Good. No reason.",
        "Told Marlo that I was proud of it. Out loud!",
    ),
    hard=(
        "The old record played all afternoon.",
        "Forgot a name and went on about it until bedtime.",
        "Caught it only in the evening. Still, caught it.",
        "Said sorry eleven times. Counted.",
        "Tired, so unkind.",
    ),
    steps=(
        Step("Write down the ten usual sentences", 2, due=10, reached=7),
        Step("Answer three of them as Wren would", 8, due=30, reached=36, partly=((22, 33), (29, 66))),
        Step("Put the photograph on the mirror", 8, reached=9),
        Step("Read the ten sentences again and see which still sting", 140, due=176, reached=174, note="Four of ten."),
        Step("Give the list away, or burn it, with Wren", 175, due=200),
    ),
    turns=(
        Turn(40, fields={"confidence": 3, "looks_like": "I drop a cup and say: oh well. Even on a bad day."}),
        Turn(
            118,
            fields={"confidence": 6},
            reason="There are days now when I only notice in the evening that it was quiet.",
        ),
    ),
)

EVENINGS = Plan(
    day=4,
    title="An evening that belongs to me",
    fields={
        "area": "coping",
        "why": "Work comes home in my bag and sits down at the table.",
        "helps": "Bag stays in the hall. Lamp instead of the big light.",
        "importance": 7,
        "confidence": 5,
    },
    often=(0.28, 0.25, 0.28, 0.22, 0.2, 0.16, 0.28),
    asked=Asked(
        fields={"question": "How rested did I get into bed?", "low": 0, "high": 10, "better": "up", "target": 7},
        first=3.6,
        last=6.8,
        rough=1.6,
    ),
    good=(
        "Bag in the hall, soup, two chapters.",
        "Drew the kettle. It looks like a hen.",
        "Bath and nothing else.",
        "Wren came over and we did the puzzle's whole sky.",
        "In bed at ten and glad of it.",
    ),
    hard=(
        "Answered 'just one' message. It was nine.",
        "On the sofa with the telephone until midnight.",
        "Too tired to rest, if that makes sense.",
        "Deadline. It will pass.",
    ),
    steps=(
        Step("A place for the bag in the hall", 4, due=11, reached=6),
        Step("No messages after eight, for one week", 18, due=35, dropped=44),
        Step("No messages after eight on two evenings a week", 45, due=80, reached=78),
        Step("Ask Marlo to ring instead, if it is urgent", 46, due=60, reached=58, clock="09:15:00"),
    ),
    turns=(
        Turn(
            44, fields={"helps": "Bag in the hall. Lamp. Two evenings, not seven."}, reason="A week was too big a bite."
        ),
        Turn(104, action="pause", reflection="The move at work eats everything. Back in two weeks, promised."),
        Turn(117, action="resume"),
    ),
)

WALKS = Plan(
    day=9,
    title="Walk twenty minutes on four days a week",
    fields={
        "area": "coping",
        "kind": "smart",
        "why": "Everything is one size smaller after a walk.",
        "looks_like": "Shoes by the door, and mud on them.",
        "importance": 6,
        "confidence": 7,
    },
    often=(0.32, 0.25, 0.32, 0.22, 0.28, 0.4, 0.32),
    due=175,
    asked=Asked(
        fields={
            "type": "amount",
            "question": "Minutes?",
            "unit": "min",
            "low": 0,
            "high": 240,
            "better": "up",
            "target": 20,
        },
        first=14,
        last=34,
        rough=8,
        step=5,
    ),
    good=(
        "Round the reservoir. A heron, doing nothing, very well.",
        "Rained from below as well. Laughed.",
        "Took the long way because of a cat.",
        "Walked to the library instead of round in circles.",
    ),
    hard=("Ten, round the block, in a mood.", "Only to the shop and back, but I had meant not to go at all."),
    steps=(
        Step("Find the shoes", 9, reached=9),
        Step("Three routes that begin at the front door", 9, due=23, reached=21, partly=((15, 66),)),
        Step("Four days in one week, any week", 20, due=51, reached=53),
        Step("Four days, four weeks running", 95, due=160, reached=158, partly=((130, 50), (144, 75))),
    ),
    turns=(
        Turn(70, action="pause", reflection="Turned my ankle on the mill steps. The shoes wait."),
        Turn(91, action="resume"),
        Turn(
            93,
            fields={"title": "Walk twenty minutes on four days a week, gently"},
            reason="The ankle gets a say.",
        ),
        Turn(176, action="achieve", reflection="I go out because I like it. I had not expected that one."),
    ),
)

POTTERY = Plan(
    day=34,
    title="Take the pottery course, and stay for all of it",
    fields={
        "area": "self-esteem",
        "kind": "smart",
        "why": "To be bad at something among people, and go back the week after.",
        "importance": 6,
        "confidence": 4,
    },
    often=(0.04, 0.7, 0.04, 0.0, 0.0, 0.04, 0.0),
    due=150,
    good=(
        "A bowl! It leans. So do I.",
        "Showed it to the others before hiding it was possible.",
        "Hands knew something that I did not.",
        "Stayed to sweep up, talked to Odile about glazes.",
    ),
    hard=(
        "Collapsed on the wheel, twice. Went home with clay in my hair and the lump in a bag.",
        "Nearly did not go. Went late.",
    ),
    steps=(
        Step("Ring them up and ask what to bring", 34, due=38, reached=37, clock="11:00:00"),
        Step("Pay the fee", 37, due=45, reached=43),
        Step(
            "First evening",
            43,
            due=64,
            reached=64,
            clock="18:30:00",
            note="Sat by the door. Nobody noticed, or all did.",
        ),
        Step("Bring one thing home and use it", 65, due=120, reached=127),
        Step("The open evening, with my name on a shelf", 120, due=144, reached=144, clock="17:00:00"),
    ),
    turns=(
        Turn(99, fields={"importance": 8}),
        Turn(150, action="achieve", reflection="Eleven evenings out of twelve. The mug holds tea."),
        Turn(
            168,
            action="reopen",
            reflection="Odile asked whether I come back in spring. Of course I do.",
            fields={"due": None},
            reason="The next one has no dates yet.",
        ),
    ),
)

INWARD = (KINDLY, EVENINGS, WALKS, POTTERY)

ODD_NOTES = (
    "Nothing in particular. Sun on the sill.",
    "Long talk with Wren. Slept well.",
    "Session today. Wrote this list anew afterwards.",
    "A day to get through, and I did.",
    "Noticed that I hummed.",
    "Rain, bread, early night.",
)
