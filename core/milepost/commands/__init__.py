"""What a person can do to a journal, as the events that say so; pure: state, words and new ids in, drafts out.

A command refuses what makes no sense with a message for the person; it never looks at a clock and never writes.
"""

from milepost.commands.basis import base_of, check, check_drafts, register_of
from milepost.commands.goals import (
    GOAL_STATUSES,
    MILESTONE_STATUSES,
    add_goal,
    add_milestone,
    amend_checkin,
    change_goal_status,
    change_milestone_status,
    check_in,
    check_value,
    define_measure,
    rank_goal,
    require,
    retract_checkin,
    revise_goal,
    revise_milestone,
)
from milepost.commands.planning import (
    PRACTICE_STATUSES,
    SESSION_STATUSES,
    TOPIC_STATUSES,
    add_practice,
    bring,
    change_status,
    plan_series,
    record_alliance,
    reflect,
    revise,
    schedule,
    write_plan,
)
from milepost.commands.proposing import accept, counter, decline, propose, withdraw
from milepost.commands.redacting import redact
from milepost.commands.settling import find_conflict, put, settle
from milepost.commands.undo import undo
from milepost.events import Draft

__all__ = [
    "GOAL_STATUSES",
    "MILESTONE_STATUSES",
    "PRACTICE_STATUSES",
    "SESSION_STATUSES",
    "TOPIC_STATUSES",
    "Draft",
    "accept",
    "add_goal",
    "add_milestone",
    "add_practice",
    "amend_checkin",
    "base_of",
    "bring",
    "change_goal_status",
    "change_milestone_status",
    "change_status",
    "check",
    "check_drafts",
    "check_in",
    "check_value",
    "counter",
    "decline",
    "define_measure",
    "find_conflict",
    "plan_series",
    "propose",
    "put",
    "rank_goal",
    "record_alliance",
    "redact",
    "reflect",
    "register_of",
    "require",
    "retract_checkin",
    "revise",
    "revise_goal",
    "revise_milestone",
    "schedule",
    "settle",
    "undo",
    "withdraw",
    "write_plan",
]
