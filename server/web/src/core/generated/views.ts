// Read off the classes in Python; `python -m tests.web.generated` writes it anew.

/** Something a person wants to be different. `first` and `latest` are check-in values; `kind` is `open` until a due date, a measure or the person says otherwise. */
export interface Goal {
  id: string;
  title: string;
  kind: string;
  status: string;
  on: string | null;
  looks_like: string | null;
  why: string | null;
  helps: string | null;
  area: string | null;
  start: string | null;
  due: string | null;
  importance: number | null;
  confidence: number | null;
  measure: string | null;
  owner: string | null;
  rank: string;
  reflection: string | null;
  first: number | string | null;
  latest: number | string | null;
  changed_at: string;
  milestones: Milestone[];
  checkins: Checkin[];
}

/** A step on the way to a goal. `due` is a date, or `{at, time_zone}`; `on` is when its status last changed. */
export interface Milestone {
  id: string;
  goal: string;
  title: string;
  due: string | Record<string, string> | null;
  status: string;
  on: string | null;
  progress: number;
  rank: string;
  changed_at: string;
}

/** How progress on a goal is seen. */
export interface Measure {
  id: string;
  goal: string;
  type: string;
  question: string | null;
  low: number | null;
  high: number | null;
  unit: string | null;
  better: string | null;
  target: number | null;
  weight: number | null;
  level_minus_2: string | null;
  level_minus_1: string | null;
  level_0: string | null;
  level_plus_1: string | null;
  level_plus_2: string | null;
}

/** An exercise between sessions that comes again; `recurrence` is the value of an RRULE, `start` its first day. */
export interface Practice {
  id: string;
  title: string;
  recurrence: string;
  start: string;
  goal: string | null;
  minutes: number | null;
  status: string;
  on: string | null;
  changed_at: string;
}

/** How it went on one local day. `actor` is who wrote it first, `changed_at` the merge clock of its newest write. */
export interface Checkin {
  id: string;
  subject: string | null;
  on: string;
  at: string | null;
  measure: string | null;
  value: number | string | null;
  baseline: boolean;
  occurrence: string | null;
  sitting: string | null;
  note: string | null;
  source: string | null;
  external_id: string | null;
  actor: string;
  changed_at: string;
}

/** Something to bring to a session; `open` ones carry over. */
export interface Topic {
  id: string;
  text: string | null;
  about: Record<string, string> | null;
  session: string | null;
  status: string;
  on: string | null;
  actor: string;
  changed_at: string;
}

/** Words about a session, a goal, or nothing in particular. */
export interface Reflection {
  id: string;
  on: string;
  text: string;
  takeaway: string | null;
  session: string | null;
  goal: string | null;
  actor: string;
  changed_at: string;
}

/** How the work together felt, 0 to 10. */
export interface Alliance {
  id: string;
  on: string;
  session: Record<string, string> | null;
  bond: number | null;
  goals: number | null;
  tasks: number | null;
  note: string | null;
  changed_at: string;
}

/** Whether everything is to be quiet, and until when. */
export interface Rest {
  resting: boolean;
  until: string | null;
  on: string | null;
}

/** A completed form of an instrument. */
export interface Assessment {
  id: string;
  instrument: string;
  version: string;
  answers: (number | null)[];
  on: string;
  score: number | null;
  subscores: Record<string, number | null>;
  actor: string;
  changed_at: string;
}

/** Entity kind → how it is shown. */
export interface Shown {
  goal: Goal;
  milestone: Milestone;
  measure: Measure;
  practice: Practice;
  checkin: Checkin;
  topic: Topic;
  reflection: Reflection;
  alliance: Alliance;
  rest: Rest;
  assessment: Assessment;
}

export const UNTITLED = "(untitled)";

/** Shown where nothing was written. */
export const NOTHING: Shown = {
  "goal": {"id": "", "title": "(untitled)", "kind": "open", "status": "active", "on": null, "looks_like": null, "why": null, "helps": null, "area": null, "start": null, "due": null, "importance": null, "confidence": null, "measure": null, "owner": null, "rank": "", "reflection": null, "first": null, "latest": null, "changed_at": "", "milestones": [], "checkins": []},
  "milestone": {"id": "", "goal": "", "title": "(untitled)", "due": null, "status": "planned", "on": null, "progress": 0, "rank": "", "changed_at": ""},
  "measure": {"id": "", "goal": "", "type": "scale", "question": null, "low": null, "high": null, "unit": null, "better": null, "target": null, "weight": null, "level_minus_2": null, "level_minus_1": null, "level_0": null, "level_plus_1": null, "level_plus_2": null},
  "practice": {"id": "", "title": "(untitled)", "recurrence": "FREQ=DAILY", "start": "", "goal": null, "minutes": null, "status": "active", "on": null, "changed_at": ""},
  "checkin": {"id": "", "subject": null, "on": "", "at": null, "measure": null, "value": null, "baseline": false, "occurrence": null, "sitting": null, "note": null, "source": null, "external_id": null, "actor": "", "changed_at": ""},
  "topic": {"id": "", "text": null, "about": null, "session": null, "status": "open", "on": null, "actor": "", "changed_at": ""},
  "reflection": {"id": "", "on": "", "text": "", "takeaway": null, "session": null, "goal": null, "actor": "", "changed_at": ""},
  "alliance": {"id": "", "on": "", "session": null, "bond": null, "goals": null, "tasks": null, "note": null, "changed_at": ""},
  "rest": {"resting": false, "until": null, "on": null},
  "assessment": {"id": "", "instrument": "", "version": "", "answers": [], "on": "", "score": null, "subscores": {}, "actor": "", "changed_at": ""},
};
