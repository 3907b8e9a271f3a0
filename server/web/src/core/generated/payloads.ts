// Read off the classes in Python; `python -m tests.web.generated` writes it anew.
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Id = string;
export type Day = string;
export type LocalTime = string;
export type Line = string;
export type Text = string;
export type Word = string;
export type Rank = string;
export type Ten = number;
export type Percent = number;
export type Number = number;
export type Minutes = number;
export type Clock = string;
export type Recurrence = string;
export type TimeZone = string;
export type Weight = number;
/** A time of day somewhere: `at` is local and without an offset, `time_zone` an IANA name. */
export interface Moment {
  at: LocalTime;
  time_zone: Word;
}
export type Due = Day | Moment;
/** An entity, maybe in another journal: so a private note can point at a shared goal. */
export interface Reference {
  journal: Id;
  kind: Word;
  id: Id;
}
export type GoalKind = "open" | "smart";
export type GoalStatus = "active" | "later" | "paused" | "achieved" | "let_go" | "ended";
export type MeasureType = "scale" | "attainment" | "amount" | "frequency" | "done" | "questionnaire";
export type Better = "up" | "down" | "keep";
export type MilestoneStatus = "planned" | "reached" | "dropped";
export type PracticeStatus = "active" | "paused" | "ended";
export type SessionStatus = "planned" | "held" | "cancelled" | "not_held";
export type TopicStatus = "open" | "discussed" | "dropped";
export type Answers = (number | null)[];
export type Decision = "accepted" | "declined" | "countered" | "withdrawn";
/** New values for fields of one entity, known or new. */
export interface Change {
  kind: Word;
  id: Id;
  fields: Record<string, Json>;
}
export type Counter = number;
export type Digest = string;

/** A journal begins. */
export interface JournalOpened {
  title?: Line;
  time_zone?: TimeZone;
  locale?: Word;
  owners_only?: boolean;
}

/** Its title, time zone, language or sharing rule changed. */
export interface JournalRevised {
  title?: Line;
  time_zone?: TimeZone;
  locale?: Word;
  owners_only?: boolean;
}

/** Something the person wants to be different. */
export interface GoalCreated {
  id: Id;
  looks_like?: Text | null;
  why?: Text | null;
  helps?: Text | null;
  area?: Word | null;
  start?: Day | null;
  due?: Day | null;
  importance?: Ten | null;
  confidence?: Ten | null;
  measure?: Id | null;
  owner?: Id | null;
  title: Line;
  kind?: GoalKind;
  rank?: Rank;
}

/** The goal is put differently, with or without a reason. */
export interface GoalRevised {
  id: Id;
  looks_like?: Text | null;
  why?: Text | null;
  helps?: Text | null;
  area?: Word | null;
  start?: Day | null;
  due?: Day | null;
  importance?: Ten | null;
  confidence?: Ten | null;
  measure?: Id | null;
  owner?: Id | null;
  title?: Line;
  kind?: GoalKind | null;
  reason?: Text;
}

/** The goal is taken up, put off, paused, reached or let go, on a local date. */
export interface GoalStatusChanged {
  id: Id;
  status: GoalStatus;
  on: Day;
  reflection?: Text | null;
  reason?: Text;
}

/** The goal's place in the person's own order: ranks sort as text. */
export interface GoalRanked {
  id: Id;
  rank: Rank;
}

/** It was written by mistake. */
export interface GoalRetracted {
  id: Id;
  reason?: Text;
}

/** A new measure of a goal; redefining one starts a new line in its chart. */
export interface MeasureDefined {
  id: Id;
  low?: Number | null;
  high?: Number | null;
  unit?: Word | null;
  better?: Better;
  target?: Number | null;
  weight?: Weight | null;
  level_minus_2?: Line | null;
  level_minus_1?: Line | null;
  level_0?: Line | null;
  level_plus_1?: Line | null;
  level_plus_2?: Line | null;
  goal: Id;
  type: MeasureType;
  question?: Line | null;
}

/** A measure is worded better; what it measures stays. */
export interface MeasureRevised {
  id: Id;
  low?: Number | null;
  high?: Number | null;
  unit?: Word | null;
  better?: Better;
  target?: Number | null;
  weight?: Weight | null;
  level_minus_2?: Line | null;
  level_minus_1?: Line | null;
  level_0?: Line | null;
  level_plus_1?: Line | null;
  level_plus_2?: Line | null;
  question?: Line | null;
}

/** It was written by mistake. */
export interface MeasureRetracted {
  id: Id;
  reason?: Text;
}

/** A step on the way to a goal. */
export interface MilestoneAdded {
  id: Id;
  goal: Id;
  title: Line;
  due?: Due | null;
  progress?: Percent;
  rank?: Rank;
}

/** The step is put differently, moved, or partly done. */
export interface MilestoneRevised {
  id: Id;
  goal?: Id;
  title?: Line;
  due?: Due | null;
  progress?: Percent;
  rank?: Rank;
  reason?: Text;
}

/** The step is planned again, reached or dropped, on a local date. */
export interface MilestoneStatusChanged {
  id: Id;
  status: MilestoneStatus;
  on: Day;
  reason?: Text;
}

/** It was written by mistake. */
export interface MilestoneRetracted {
  id: Id;
  reason?: Text;
}

/** Something to do again and again. */
export interface PracticeAdded {
  id: Id;
  goal?: Id | null;
  minutes?: Minutes | null;
  title: Line;
  recurrence: Recurrence;
  start: Day;
}

/** The practice is put differently, or comes at other times. */
export interface PracticeRevised {
  id: Id;
  goal?: Id | null;
  minutes?: Minutes | null;
  title?: Line;
  recurrence?: Recurrence;
  start?: Day;
  reason?: Text;
}

/** The practice is taken up, paused or ended, on a local date. */
export interface PracticeStatusChanged {
  id: Id;
  status: PracticeStatus;
  on: Day;
  reason?: Text;
}

/** It was written by mistake. */
export interface PracticeRetracted {
  id: Id;
  reason?: Text;
}

/** Somebody checked in. */
export interface CheckinRecorded {
  id: Id;
  subject?: Id | null;
  on: Day;
  at?: LocalTime | null;
  measure?: Id | null;
  value?: Number | Line | null;
  baseline?: boolean;
  occurrence?: Day | null;
  sitting?: Id | null;
  note?: Text | null;
  source?: Word;
  external_id?: Line;
}

/** A check-in is put right. */
export interface CheckinAmended {
  id: Id;
  subject?: Id | null;
  on?: Day;
  at?: LocalTime | null;
  measure?: Id | null;
  value?: Number | Line | null;
  baseline?: boolean;
  occurrence?: Day | null;
  sitting?: Id | null;
  note?: Text | null;
  reason?: Text;
}

/** A check-in is taken back; an amendment that had not seen this brings it back. */
export interface CheckinRetracted {
  id: Id;
  reason?: Text;
}

/** Sessions that come again; an occurrence becomes a session of its own when it is first touched. */
export interface SeriesPlanned {
  id: Id;
  start: Moment;
  recurrence: Recurrence;
  minutes?: Minutes | null;
  place?: Line | null;
}

/** The series comes at other times, or elsewhere. */
export interface SeriesRevised {
  id: Id;
  start?: Moment;
  recurrence?: Recurrence;
  minutes?: Minutes | null;
  place?: Line | null;
  reason?: Text;
}

/** No session of the series comes after this local date (null: it goes on). */
export interface SeriesEnded {
  id: Id;
  ended: Day | null;
  reason?: Text;
}

/** A session at a time; `series` and `original` (its local start in the series) where it is one of a series. */
export interface SessionScheduled {
  id: Id;
  start: Moment;
  minutes?: Minutes | null;
  place?: Line | null;
  series?: Id;
  original?: Moment;
}

/** The session is moved, or takes place elsewhere. */
export interface SessionRevised {
  id: Id;
  start?: Moment;
  minutes?: Minutes | null;
  place?: Line | null;
  reason?: Text;
}

/** The session was held, cancelled or did not take place. */
export interface SessionStatusChanged {
  id: Id;
  status: SessionStatus;
  on: Day;
  reason?: Text;
}

/** It was written by mistake. */
export interface SessionRetracted {
  id: Id;
  reason?: Text;
}

/** It was written by mistake. */
export interface SeriesRetracted {
  id: Id;
  reason?: Text;
}

/** Something to bring, in words or as a reference; open ones carry over from session to session. */
export interface TopicAdded {
  id: Id;
  text?: Text | null;
  about?: Reference | null;
  session?: Id | null;
}

/** It is put differently, or brought to another session. */
export interface TopicRevised {
  id: Id;
  text?: Text | null;
  about?: Reference | null;
  session?: Id | null;
  reason?: Text;
}

/** It was talked about, dropped, or opened again. */
export interface TopicStatusChanged {
  id: Id;
  status: TopicStatus;
  on: Day;
  reason?: Text;
}

/** It was written by mistake. */
export interface TopicRetracted {
  id: Id;
  reason?: Text;
}

/** Words about a session, a goal, or nothing in particular; `text` is Markdown, `takeaway` what to keep of it. */
export interface ReflectionWritten {
  id: Id;
  on: Day;
  text: Text;
  takeaway?: Text | null;
  session?: Id | null;
  goal?: Id | null;
}

/** It is put differently. */
export interface ReflectionRevised {
  id: Id;
  on?: Day;
  text?: Text;
  takeaway?: Text | null;
  session?: Id | null;
  goal?: Id | null;
  reason?: Text;
}

/** It is taken back. */
export interface ReflectionRetracted {
  id: Id;
  reason?: Text;
}

/** A completed form of an instrument: its answers in order (null: left out) and the score they gave. */
export interface AssessmentRecorded {
  id: Id;
  instrument: Word;
  version: Word;
  answers: Answers;
  on: Day;
  score?: Number | null;
  subscores?: Record<string, Number | null>;
}

/** It is taken back. */
export interface AssessmentRetracted {
  id: Id;
  reason?: Text;
}

/** How bond, goals and tasks of the work together feel, 0 to 10; private unless the person shares it. */
export interface AllianceRecorded {
  id: Id;
  on: Day;
  session?: Reference | null;
  bond?: Ten;
  goals?: Ten;
  tasks?: Ten;
  note?: Text;
}

/** It is taken back. */
export interface AllianceRetracted {
  id: Id;
  reason?: Text;
}

/** Somebody suggests a change; `counters` names the proposal that this one answers. */
export interface ProposalMade {
  id: Id;
  change: Change;
  counters?: Id;
  why?: Text;
}

/** It is decided. An accepted one carries the change as it was agreed, and by that alone sets its fields. */
export interface ProposalDecided {
  id: Id;
  decision: Decision;
  on: Day;
  accepted?: Change;
  reason?: Text;
}

/** It was written by mistake. */
export interface ProposalRetracted {
  id: Id;
  reason?: Text;
}

/** To be reminded of something, at a local time that comes again; quiet between two times of day. */
export interface ReminderSet {
  id: Id;
  what: Line;
  recurrence: Recurrence;
  at: Clock;
  about?: Id | null;
  quiet_from?: Clock | null;
  quiet_to?: Clock | null;
  channel?: Word | null;
}

/** At another time, or in other words. */
export interface ReminderRevised {
  id: Id;
  what?: Line;
  recurrence?: Recurrence;
  at?: Clock;
  about?: Id | null;
  quiet_from?: Clock | null;
  quiet_to?: Clock | null;
  channel?: Word | null;
  reason?: Text;
}

/** Not to be reminded any more. */
export interface ReminderRemoved {
  id: Id;
  reason?: Text;
}

/** The plan is written. */
export interface PlanWritten {
  signs?: Text | null;
  helps?: Text | null;
  people?: Text | null;
  places?: Text | null;
}

/** The plan is put differently. */
export interface PlanRevised {
  signs?: Text | null;
  helps?: Text | null;
  people?: Text | null;
  places?: Text | null;
  reason?: Text;
}

/** Nothing reminds and nothing asks, until a day or until it is ended. A journal has one rest, under its own id. */
export interface RestSet {
  on: Day;
  until: Day | null;
}

/** Rest is over. */
export interface RestEnded {
  on: Day;
}

/** The words of one event are taken out of every log: all of its fields, or those named in `fields`. */
export interface RedactionMade {
  id: Id;
  device: Id;
  n: Counter;
  digest: Digest;
  fields?: Word[];
}

/** Event type → its payload, in the version that is written now. */
export interface Payloads {
  "journal.opened": JournalOpened;
  "journal.revised": JournalRevised;
  "goal.created": GoalCreated;
  "goal.revised": GoalRevised;
  "goal.status_changed": GoalStatusChanged;
  "goal.ranked": GoalRanked;
  "goal.retracted": GoalRetracted;
  "measure.defined": MeasureDefined;
  "measure.revised": MeasureRevised;
  "measure.retracted": MeasureRetracted;
  "milestone.added": MilestoneAdded;
  "milestone.revised": MilestoneRevised;
  "milestone.status_changed": MilestoneStatusChanged;
  "milestone.retracted": MilestoneRetracted;
  "practice.added": PracticeAdded;
  "practice.revised": PracticeRevised;
  "practice.status_changed": PracticeStatusChanged;
  "practice.retracted": PracticeRetracted;
  "checkin.recorded": CheckinRecorded;
  "checkin.amended": CheckinAmended;
  "checkin.retracted": CheckinRetracted;
  "series.planned": SeriesPlanned;
  "series.revised": SeriesRevised;
  "series.ended": SeriesEnded;
  "session.scheduled": SessionScheduled;
  "session.revised": SessionRevised;
  "session.status_changed": SessionStatusChanged;
  "session.retracted": SessionRetracted;
  "series.retracted": SeriesRetracted;
  "topic.added": TopicAdded;
  "topic.revised": TopicRevised;
  "topic.status_changed": TopicStatusChanged;
  "topic.retracted": TopicRetracted;
  "reflection.written": ReflectionWritten;
  "reflection.revised": ReflectionRevised;
  "reflection.retracted": ReflectionRetracted;
  "assessment.recorded": AssessmentRecorded;
  "assessment.retracted": AssessmentRetracted;
  "alliance.recorded": AllianceRecorded;
  "alliance.retracted": AllianceRetracted;
  "proposal.made": ProposalMade;
  "proposal.decided": ProposalDecided;
  "proposal.retracted": ProposalRetracted;
  "reminder.set": ReminderSet;
  "reminder.revised": ReminderRevised;
  "reminder.removed": ReminderRemoved;
  "plan.written": PlanWritten;
  "plan.revised": PlanRevised;
  "rest.set": RestSet;
  "rest.ended": RestEnded;
  "redaction.made": RedactionMade;
}
