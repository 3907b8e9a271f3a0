"""What Juniper Vale, whom nobody has ever met, wanted with other people and out of doors; every word made up."""

from examples.demo.plan import Asked, Plan, Step, Turn

BUS = Plan(
    day=0,
    title="Ride the bus without planning my escape",
    fields={
        "area": "anxiety",
        "why": "I turned down two birthdays this year because of where they were. I would like to just go.",
        "looks_like": "I look out of the window. I get off where I meant to, not where it got too much.",
        "helps": "A seat near the door, the orange in my pocket, counting lampposts",
        "importance": 9,
        "confidence": 3,
    },
    often=(0.35, 0.1, 0.4, 0.1, 0.35, 0.15, 0.2),
    asked=Asked(
        fields={
            "question": "How much did the worry steer the trip?",
            "low": 0,
            "high": 10,
            "better": "down",
            "target": 3,
        },
        first=8.4,
        last=3.0,
        rough=1.2,
        reworded=(60, "How much did the worry steer the trip, from the stop to the door?"),
    ),
    good=(
        "Read half a page and forgot to check the doors.",
        "Standing room only, and I stayed. Peeled the orange at the end.",
        "It rose at the bridge and then it fell again, like she said it would.",
        "Somebody's dog slept on my shoe for four stops.",
        "Missed my stop because I was thinking about soup. That is new.",
        "Window seat. Lampposts: forty-one.",
        "Wanted to get off at the mill. Did not.",
    ),
    hard=(
        "Got off two stops early and walked. At least I got on.",
        "Let one go by, took the next one.",
        "Loud school group at the back. Hands cold the whole way.",
        "Took the front seat and talked to nobody. Fine, but long.",
    ),
    steps=(
        Step("One stop, with Wren beside me", 0, due=9, reached=8, note="We got off and did it again, for fun."),
        Step("Four stops alone, on a quiet morning", 3, due=24, reached=27),
        Step("The whole line on a Sunday", 20, due=48, reached=69, moved=(46, 69, "I was ill, and it can wait.")),
        Step("Home at rush hour", 60, due=110, reached=121, moved=(108, 125, "That week was not the week for it.")),
        Step("To the coast and back, for no reason", 115, due=193, partly=((150, 30), (171, 60))),
    ),
    turns=(
        Turn(30, fields={"confidence": 5}, reason="Four stops turned out to be a lot of stops."),
        Turn(96, fields={"helps": "A seat near the door, lampposts, saying out loud where I am going"}),
        Turn(130, fields={"confidence": 7}),
    ),
)

MEETING = Plan(
    day=6,
    title="Say one thing I really think in the Thursday meeting",
    fields={
        "area": "communication",
        "kind": "smart",
        "why": "I go home with the sentences still in my mouth.",
        "looks_like": "One sentence that begins with I, before the half hour is over.",
        "importance": 7,
        "confidence": 4,
    },
    often=(0.0, 0.05, 0.0, 0.92, 0.1, 0.0, 0.0),
    due=130,
    asked=Asked(
        fields={"type": "frequency", "question": "How many times did I say it?", "low": 0, "high": 10, "better": "up"},
        first=0.2,
        last=3.6,
        rough=0.8,
    ),
    good=(
        "Said that the date is too early. Nobody fell off a chair.",
        "Asked the question everybody had. Two people thanked me after.",
        "My voice shook and the sentence was still good.",
        "Disagreed with Marlo, kindly. We had tea later.",
        "Said I don't know yet. It counts, we decided.",
    ),
    hard=(
        "Had it ready and they went on to the next point.",
        "Wrote it in the chat afterwards. Half a one.",
        "Meeting was called off. I was a bit relieved, a bit not.",
        "Quiet day. I noticed that I was quiet, at least.",
    ),
    steps=(
        Step("Tell Marlo beforehand that I want to try this", 6, due=12, reached=10),
        Step("Put one point on the agenda under my name", 20, due=41, reached=48),
        Step("Lead the five minutes on the archive", 55, due=87, reached=87, clock="10:30:00", partly=((84, 50),)),
        Step("Ask for the talk at the spring gathering", 70, due=118, dropped=112),
    ),
    turns=(
        Turn(
            52,
            fields={"looks_like": "One sentence that begins with I, at any time in it."},
            reason="Watching the clock made it worse.",
        ),
        Turn(
            132,
            action="achieve",
            reflection="Not every week, and more than one on the good ones. I know now that the room does not go silent.",
        ),
    ),
)

CALLS = Plan(
    day=13,
    title="Call Dad on Sundays and put the phone down in one piece",
    fields={
        "area": "communication",
        "why": "He will not be there for ever, and I don't want only the arguments.",
        "helps": "Sitting on the stairs. A list of three things to tell.",
        "importance": 8,
        "confidence": 5,
    },
    often=(0.05, 0.0, 0.05, 0.0, 0.0, 0.1, 0.85),
    asked=Asked(
        fields={"question": "How was I after it?", "low": 0, "high": 10, "better": "up", "target": 7},
        first=4.0,
        last=7.4,
        rough=1.7,
    ),
    good=(
        "He told the story of the boat again and I let him. It is a good story.",
        "Said that I had to go, and went, after twenty minutes.",
        "We laughed about the hedge.",
        "He asked how I am and waited for the answer.",
    ),
    hard=(
        "He started on the house again. I said not today. Shaky after.",
        "Line went dead in the middle and I did not ring back.",
        "Did it while cooking, so not really there.",
    ),
    steps=(
        Step("Write down what I will not argue about", 13, due=20, reached=19),
        Step("Say 'not today' once", 27, due=62, reached=55, note="My ears rang. He just went on to the weather."),
        Step("Visit for one afternoon, with a train home", 90, due=159, reached=159, clock="14:05:00"),
    ),
    turns=(
        Turn(76, fields={"helps": "Sitting on the stairs. The list. Walking round the block after."}),
        Turn(
            165,
            action="achieve",
            reflection="The visit was long and all right. Sundays are just Sundays now, mostly. I keep the list.",
        ),
    ),
)

LETTERS = Plan(
    day=27,
    title="Open letters on the day they come",
    fields={"area": "anxiety", "kind": "smart", "why": "The pile looks at me.", "importance": 5, "confidence": 6},
    often=(0.25, 0.15, 0.25, 0.1, 0.2, 0.15, 0.0),
    due=120,
    asked=Asked(
        fields={"type": "done", "question": "Opened today?", "low": 0, "high": 1, "better": "up"},
        first=0.4,
        last=1.5,
        rough=0.4,
    ),
    good=("Two, both boring. Wonderful.", "Opened it standing up, coat still on.", "It was a thank-you card."),
    hard=("It lies there. Tomorrow with Wren on the phone.", "Two days late, then all at once."),
    steps=(
        Step("Go through the old pile with Wren", 27, due=34, reached=37),
        Step("A hook by the door for the letter knife", 30, reached=31),
    ),
    turns=(
        Turn(
            100,
            action="let-go",
            reflection="It stopped being a thing. I open them or I open them tomorrow, and nothing happens.",
        ),
    ),
)

DINNER = Plan(
    day=1,
    title="Have six people to dinner",
    fields={"area": "communication", "why": "I like feeding people, and I miss the noise.", "importance": 4},
    often=(0.0, 0.0, 0.0, 0.0, 0.06, 0.12, 0.06),
    good=("Three, on cushions. Nobody minded.", "Asked the neighbours. They said yes before I had finished."),
    hard=("Wrote the message, did not send it.",),
    steps=(
        Step("Two people and a soup", 82, due=97, reached=98, note="I burnt the bread and we ate it."),
        Step(
            "Four people and a table", 110, due=152, partly=((149, 40),), moved=(151, 196, "The table is not here yet.")
        ),
    ),
    turns=(
        Turn(1, action="later"),
        Turn(81, action="resume"),
        Turn(
            113,
            fields={"title": "Have people to dinner, however many fit"},
            reason="Six was a number from a magazine.",
        ),
    ),
)

OUTWARD = (BUS, MEETING, CALLS, LETTERS, DINNER)
