"""What looks after Juniper Vale, whom nobody has ever met: a plan for hard days, reminders, rest; every word made up."""

from examples.demo.plans_inward import EVENINGS, WALKS
from examples.demo.script import Deed, Of, On

DEEDS_OF_CARE: tuple[Deed, ...] = (
    Deed(
        16,
        "plan.written",
        "",
        {
            "signs": "I stop answering Wren. The curtains stay shut.",
            "helps": "Coat on, once round the reservoir. The tin with the letters.",
            "people": "Wren, at any hour. Odile from next door, in daylight.",
            "places": "The library, second floor, by the maps.",
        },
    ),
    Deed(
        65,
        "plan.revised",
        "",
        {"helps": "Coat on, once round the block (ankle). The tin with the letters.", "reason": "The ankle."},
    ),
    Deed(
        5,
        "reminder.set",
        "bag",
        {"what": "Bag in the hall?", "recurrence": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "at": "18:15"},
    ),
    Deed(
        25, "reminder.revised", "bag", {"at": "17:50", "about": Of(EVENINGS.title), "reason": "I am home earlier now."}
    ),
    Deed(119, "reminder.removed", "bag", {"reason": "The bag knows the way."}),
    Deed(
        95,
        "reminder.set",
        "shoes",
        {
            "what": "The shoes are by the door",
            "recurrence": "FREQ=DAILY",
            "at": "12:30",
            "about": Of(WALKS.title),
            "quiet_from": "21:00",
            "quiet_to": "09:00",
        },
    ),
    Deed(104, "rest.set", "", {"on": On(104), "until": On(111)}),
    Deed(109, "rest.ended", "", {"on": On(109)}),
)
