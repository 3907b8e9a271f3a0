// Read off the classes in Python; `python -m tests.web.generated` writes it anew.
import type { EventType, Shape } from "../reading";

export const FOLD_VERSION = 2;
export const PROTOCOL = 1;
export const NOBODY = "00000000-0000-0000-0000-000000000000";
export const MAX_TEXT = 20000;
export const MAX_COUNTER = 9007199254740991;
export const MAX_EVENT_BYTES = 262144;
export const MAX_REASON = 500;
export const MAX_PUSH_EVENTS = 500;
export const MAX_PUSH_BYTES = 1048576;
export const MAX_CHAIN_POINTS = 64;
export const MAX_LINKS = 4000;
export const STRIDE = 256;

export const SHAPES: Record<string, Shape> = {
  "Line": ["text", 1, 500],
  "TimeZone": ["text", 1, 100, "time zone"],
  "Word": ["text", 1, 100],
  "Bool": ["flag"],
  "Id": ["text", 36, 36, "id"],
  "Text": ["text", 1, 20000],
  "Day": ["text", 10, 10, "day"],
  "Ten": ["whole", 0, 10],
  "GoalKind": ["one of", "open", "smart"],
  "Rank": ["text", 1, 200],
  "GoalStatus": ["one of", "active", "later", "paused", "achieved", "let_go", "ended"],
  "Number": ["number"],
  "Better": ["one of", "up", "down", "keep"],
  "Weight": ["whole", 1, 100],
  "MeasureType": ["one of", "scale", "attainment", "amount", "frequency", "done", "questionnaire"],
  "Moment": ["object", {"at": "LocalTime!", "time_zone": "TimeZone!"}],
  "LocalTime": ["text", 19, 19, "local time"],
  "Percent": ["whole", 0, 100],
  "MilestoneStatus": ["one of", "planned", "reached", "dropped"],
  "Minutes": ["whole", 1, 1440],
  "Recurrence": ["text", 5, 500, "recurrence"],
  "PracticeStatus": ["one of", "active", "paused", "ended"],
  "SessionStatus": ["one of", "planned", "held", "cancelled", "not_held"],
  "Reference": ["object", {"journal": "Id!", "kind": "Word!", "id": "Id!"}],
  "TopicStatus": ["one of", "open", "discussed", "dropped"],
  "Answers": ["list", "Whole?", 1, 200],
  "Whole": ["whole", -9007199254740991, 9007199254740991],
  "AssessmentRecorded.subscores": ["map", "Number?", 0, 9007199254740991],
  "Change": ["object", {"kind": "Word!", "id": "Id!", "fields": "Change.fields!"}],
  "Change.fields": ["map", "", 1, 50],
  "Decision": ["one of", "accepted", "declined", "countered", "withdrawn"],
  "Clock": ["text", 5, 5, "time of day"],
  "Counter": ["whole", 1, 9007199254740991],
  "Digest": ["text", 64, 64, "digest"],
  "RedactionMade.fields": ["list", "Word", 1, 50],
};

export const EVENT_TYPES: Record<string, EventType> = {
  "journal.opened": {"kind": "journal", "v": 1, "fields": {"title": "Line", "time_zone": "TimeZone", "locale": "Word", "owners_only": "Bool"}},
  "journal.revised": {"kind": "journal", "v": 1, "fields": {"title": "Line", "time_zone": "TimeZone", "locale": "Word", "owners_only": "Bool"}},
  "goal.created": {"kind": "goal", "v": 1, "fields": {"id": "Id!", "looks_like": "Text?", "why": "Text?", "helps": "Text?", "area": "Word?", "start": "Day?", "due": "Day?", "importance": "Ten?", "confidence": "Ten?", "measure": "Id?", "owner": "Id?", "title": "Line!", "kind": "GoalKind", "rank": "Rank"}},
  "goal.revised": {"kind": "goal", "v": 1, "fields": {"id": "Id!", "looks_like": "Text?", "why": "Text?", "helps": "Text?", "area": "Word?", "start": "Day?", "due": "Day?", "importance": "Ten?", "confidence": "Ten?", "measure": "Id?", "owner": "Id?", "title": "Line", "kind": "GoalKind?", "reason": "Text"}},
  "goal.status_changed": {"kind": "goal", "v": 1, "fields": {"id": "Id!", "status": "GoalStatus!", "on": "Day!", "reflection": "Text?", "reason": "Text"}},
  "goal.ranked": {"kind": "goal", "v": 1, "fields": {"id": "Id!", "rank": "Rank!"}},
  "goal.retracted": {"kind": "goal", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "measure.defined": {"kind": "measure", "v": 1, "fields": {"id": "Id!", "low": "Number?", "high": "Number?", "unit": "Word?", "better": "Better", "target": "Number?", "weight": "Weight?", "level_minus_2": "Line?", "level_minus_1": "Line?", "level_0": "Line?", "level_plus_1": "Line?", "level_plus_2": "Line?", "goal": "Id!", "type": "MeasureType!", "question": "Line?"}},
  "measure.revised": {"kind": "measure", "v": 1, "fields": {"id": "Id!", "low": "Number?", "high": "Number?", "unit": "Word?", "better": "Better", "target": "Number?", "weight": "Weight?", "level_minus_2": "Line?", "level_minus_1": "Line?", "level_0": "Line?", "level_plus_1": "Line?", "level_plus_2": "Line?", "question": "Line?"}},
  "measure.retracted": {"kind": "measure", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "milestone.added": {"kind": "milestone", "v": 1, "fields": {"id": "Id!", "goal": "Id!", "title": "Line!", "due": "Day|Moment?", "progress": "Percent", "rank": "Rank"}},
  "milestone.revised": {"kind": "milestone", "v": 1, "fields": {"id": "Id!", "goal": "Id", "title": "Line", "due": "Day|Moment?", "progress": "Percent", "rank": "Rank", "reason": "Text"}},
  "milestone.status_changed": {"kind": "milestone", "v": 1, "fields": {"id": "Id!", "status": "MilestoneStatus!", "on": "Day!", "reason": "Text"}},
  "milestone.retracted": {"kind": "milestone", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "practice.added": {"kind": "practice", "v": 1, "fields": {"id": "Id!", "goal": "Id?", "minutes": "Minutes?", "title": "Line!", "recurrence": "Recurrence!", "start": "Day!"}},
  "practice.revised": {"kind": "practice", "v": 1, "fields": {"id": "Id!", "goal": "Id?", "minutes": "Minutes?", "title": "Line", "recurrence": "Recurrence", "start": "Day", "reason": "Text"}},
  "practice.status_changed": {"kind": "practice", "v": 1, "fields": {"id": "Id!", "status": "PracticeStatus!", "on": "Day!", "reason": "Text"}},
  "practice.retracted": {"kind": "practice", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "checkin.recorded": {"kind": "checkin", "v": 1, "fields": {"id": "Id!", "subject": "Id?", "on": "Day!", "at": "LocalTime?", "measure": "Id?", "value": "Number|Line?", "baseline": "Bool", "occurrence": "Day?", "sitting": "Id?", "note": "Text?", "source": "Word", "external_id": "Line"}},
  "checkin.amended": {"kind": "checkin", "v": 1, "fields": {"id": "Id!", "subject": "Id?", "on": "Day", "at": "LocalTime?", "measure": "Id?", "value": "Number|Line?", "baseline": "Bool", "occurrence": "Day?", "sitting": "Id?", "note": "Text?", "reason": "Text"}},
  "checkin.retracted": {"kind": "checkin", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "series.planned": {"kind": "series", "v": 1, "fields": {"id": "Id!", "start": "Moment!", "recurrence": "Recurrence!", "minutes": "Minutes?", "place": "Line?"}},
  "series.revised": {"kind": "series", "v": 1, "fields": {"id": "Id!", "start": "Moment", "recurrence": "Recurrence", "minutes": "Minutes?", "place": "Line?", "reason": "Text"}},
  "series.ended": {"kind": "series", "v": 1, "fields": {"id": "Id!", "ended": "Day!?", "reason": "Text"}},
  "session.scheduled": {"kind": "session", "v": 1, "fields": {"id": "Id!", "start": "Moment!", "minutes": "Minutes?", "place": "Line?", "series": "Id", "original": "Moment"}},
  "session.revised": {"kind": "session", "v": 1, "fields": {"id": "Id!", "start": "Moment", "minutes": "Minutes?", "place": "Line?", "reason": "Text"}},
  "session.status_changed": {"kind": "session", "v": 1, "fields": {"id": "Id!", "status": "SessionStatus!", "on": "Day!", "reason": "Text"}},
  "session.retracted": {"kind": "session", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "series.retracted": {"kind": "series", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "topic.added": {"kind": "topic", "v": 1, "fields": {"id": "Id!", "text": "Text?", "about": "Reference?", "session": "Id?"}},
  "topic.revised": {"kind": "topic", "v": 1, "fields": {"id": "Id!", "text": "Text?", "about": "Reference?", "session": "Id?", "reason": "Text"}},
  "topic.status_changed": {"kind": "topic", "v": 1, "fields": {"id": "Id!", "status": "TopicStatus!", "on": "Day!", "reason": "Text"}},
  "topic.retracted": {"kind": "topic", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "reflection.written": {"kind": "reflection", "v": 1, "fields": {"id": "Id!", "on": "Day!", "text": "Text!", "takeaway": "Text?", "session": "Id?", "goal": "Id?"}},
  "reflection.revised": {"kind": "reflection", "v": 1, "fields": {"id": "Id!", "on": "Day", "text": "Text", "takeaway": "Text?", "session": "Id?", "goal": "Id?", "reason": "Text"}},
  "reflection.retracted": {"kind": "reflection", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "assessment.recorded": {"kind": "assessment", "v": 1, "fields": {"id": "Id!", "instrument": "Word!", "version": "Word!", "answers": "Answers!", "on": "Day!", "score": "Number?", "subscores": "AssessmentRecorded.subscores"}},
  "assessment.retracted": {"kind": "assessment", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "alliance.recorded": {"kind": "alliance", "v": 1, "fields": {"id": "Id!", "on": "Day!", "session": "Reference?", "bond": "Ten", "goals": "Ten", "tasks": "Ten", "note": "Text"}},
  "alliance.retracted": {"kind": "alliance", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "proposal.made": {"kind": "proposal", "v": 1, "fields": {"id": "Id!", "change": "Change!", "counters": "Id", "why": "Text"}},
  "proposal.decided": {"kind": "proposal", "v": 1, "fields": {"id": "Id!", "decision": "Decision!", "on": "Day!", "accepted": "Change", "reason": "Text"}},
  "proposal.retracted": {"kind": "proposal", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "reminder.set": {"kind": "reminder", "v": 1, "fields": {"id": "Id!", "what": "Line!", "recurrence": "Recurrence!", "at": "Clock!", "about": "Id?", "quiet_from": "Clock?", "quiet_to": "Clock?", "channel": "Word?"}},
  "reminder.revised": {"kind": "reminder", "v": 1, "fields": {"id": "Id!", "what": "Line", "recurrence": "Recurrence", "at": "Clock", "about": "Id?", "quiet_from": "Clock?", "quiet_to": "Clock?", "channel": "Word?", "reason": "Text"}},
  "reminder.removed": {"kind": "reminder", "v": 1, "fields": {"id": "Id!", "reason": "Text"}, "sets": {"retracted": true}},
  "plan.written": {"kind": "plan", "v": 1, "fields": {"signs": "Text?", "helps": "Text?", "people": "Text?", "places": "Text?"}},
  "plan.revised": {"kind": "plan", "v": 1, "fields": {"signs": "Text?", "helps": "Text?", "people": "Text?", "places": "Text?", "reason": "Text"}},
  "rest.set": {"kind": "rest", "v": 1, "fields": {"on": "Day!", "until": "Day!?"}, "sets": {"resting": true}},
  "rest.ended": {"kind": "rest", "v": 1, "fields": {"on": "Day!"}, "sets": {"resting": false, "until": null}},
  "redaction.made": {"kind": "redaction", "v": 1, "fields": {"id": "Id!", "device": "Id!", "n": "Counter!", "digest": "Digest!", "fields": "RedactionMade.fields"}},
};

export const COMPOSITES: Record<string, Record<string, readonly string[]>> = {
  "goal": {"status": ["status", "on"]},
  "milestone": {"status": ["status", "on"]},
  "practice": {"status": ["status", "on"]},
  "session": {"status": ["status", "on"]},
  "topic": {"status": ["status", "on"]},
  "checkin": {"value": ["measure", "value"]},
  "proposal": {"decision": ["decision", "on"]},
  "rest": {"resting": ["resting", "until", "on"]},
};

export const REVISIONS: Record<string, string> = {
  "goal": "goal.revised",
  "measure": "measure.revised",
  "milestone": "milestone.revised",
  "practice": "practice.revised",
  "checkin": "checkin.amended",
  "series": "series.revised",
  "session": "session.revised",
  "topic": "topic.revised",
  "reflection": "reflection.revised",
  "reminder": "reminder.revised",
};

export const NOT_FIELDS: readonly string[] = ["event", "id", "reason"];

export const DEFAULT_STATUS: Record<string, string> = {
  "goal": "active",
  "milestone": "planned",
  "practice": "active",
  "session": "planned",
  "topic": "open",
};
