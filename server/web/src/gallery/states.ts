/** Every screen in every state that it can be looked at in: its address, and what it is shown there. */

import type { Pages, Shown } from "../app/app";
import { NO_WORDS, type GoalShown } from "../app/screens/shown";
import { CALENDAR_ACTS, nothing, page } from "./nothing";
import * as people from "./people";
import * as back from "./people_back";
import * as measures from "./people_measures";
import * as forms from "./people_questionnaires";
import * as outside from "./people_calendar";
import * as together from "./people_together";

export interface State {
  readonly at: string;
  readonly shown: Shown;
  /** What was begun before. */
  readonly drafts?: Readonly<Record<string, unknown>>;
  /** Every part that comes when it is asked for is there. */
  readonly asked?: boolean;
}

const PAIRED = { online: true, paired: true, unsent: 0, discreet: false };
const AWAY = "The server can’t be reached. Everything is kept here.";
const SHARED = { ...PAIRED, journal: { id: "j2", title: "The dragon and I", others: ["Dr Ito", "Aunt Fable"], isPrivate: false } };
const EMPTY: Shown = { ...nothing(people.ON), standing: () => PAIRED };
const LEAVING_ACTS = { ...CALENDAR_ACTS, leaving: () => Promise.resolve(outside.LEAVING) };
const FULL: Shown = {
  standing: () => PAIRED,
  today: () => people.TODAY,
  goals: () => ({ on: people.ON, active: people.GOAL_LINES, later: people.LATER, past: people.PAST }),
  goal: () => people.GOAL,
  help: () => people.HELP,
  pages: {
    goalEdits: () => page(back.GOAL_EDITS),
    goalForm: (id) => page(id ? { id: "g1", words: { ...NO_WORDS, title: people.GOAL.title, why: people.GOAL.why ?? "", due: "2031-05-30" } } : { words: NO_WORDS }),
    sessions: () => page(back.SESSIONS),
    session: () => page(back.SESSION),
    sessionNew: () => page({ words: { day: "", time: "", minutes: "", place: "", every: "" } }),
    reflections: () => page(back.REFLECTIONS),
    brief: () => page(people.BRIEF),
    ending: () => page(back.ENDING),
    timeline: () => page(back.TIMELINE),
    together: () => page(together.TOGETHER),
    join: () => page(together.JOIN),
    journals: () => page(together.JOURNALS),
    refused: () => page(together.REFUSED),
    caseload: () => page(together.CASELOAD),
    devices: () => page(together.DEVICES),
    conflicts: () => page(people.CONFLICTS),
    plan: () => page(people.PLAN),
    connect: () => page({ paired: true, code: "", trouble: "The server can't be reached.", signedOut: false }),
    calendar: () => page(outside.CALENDAR, CALENDAR_ACTS),
    connectionNew: (to) => page({ paired: true, trouble: "", offer: outside.OFFERS[to as "caldav"] }, CALENDAR_ACTS),
    connection: (id) => page({ id, paired: true, trouble: "", found: outside.CONNECTION }, LEAVING_ACTS),
    settings: () => page(people.SETTINGS),
    files: () => page({ isEmpty: false }),
    questionnaires: () => page(forms.LINES),
    questionnaire: () => page(forms.FILLED),
  },
};

const withPages = (changed: Partial<Pages>): Shown => ({ ...FULL, pages: { ...FULL.pages, ...changed } });
const goal = (changed: Partial<GoalShown>): Shown => ({ ...FULL, goal: () => ({ ...people.GOAL, ...changed }) });

export const STATES: Readonly<Record<string, State>> = {
  today: { at: "/", shown: FULL },
  "today-empty": { at: "/", shown: EMPTY },
  "today-resting": { at: "/", shown: { ...FULL, today: () => ({ ...people.TODAY, resting: { until: "2031-03-20" }, toSettle: 1 }) } },
  "today-offline": {
    at: "/",
    shown: { ...FULL, standing: () => ({ online: false, paired: true, unsent: 2, discreet: false }), today: () => ({ ...people.TODAY, subjects: people.TODAY.subjects.slice(1) }) },
  },
  "today-measures": { at: "/", shown: { ...FULL, today: () => measures.TODAY_MEASURES } },
  goals: { at: "/goals", shown: FULL },
  "goals-empty": { at: "/goals", shown: EMPTY },
  goal: { at: "/goals/g1", shown: FULL },
  "goal-bare": { at: "/goals/g2", shown: { ...FULL, goal: () => people.BARE_GOAL } },
  "goal-hint": {
    at: "/goals/g1",
    shown: goal({ hint: { question: "Who could you say it to first?", whyItMayHelp: "A small step is easier to begin with than the whole." }, toSettle: 1 }),
  },
  "goal-let-go": { at: "/goals/g7", shown: goal({ title: "Be liked by every goose", status: "let_go", reflection: "They are geese." }) },
  "goal-edits": { at: "/goals/g1", shown: FULL, asked: true },
  "goal-levels": { at: "/goals/g1", shown: goal(measures.LEVELS_GOAL) },
  "goal-amount": { at: "/goals/g1", shown: goal({ asked: measures.TODAY_MEASURES.subjects[0]?.asked ?? null }) },
  "form-levels": { at: "/goals/g1/revise", shown: withPages({ goalForm: () => page({ id: "g1", words: measures.BY_LEVELS }) }) },
  "form-amount": { at: "/goals/g1/revise", shown: withPages({ goalForm: () => page({ id: "g1", words: measures.BY_AMOUNT }) }) },
  "form-number": { at: "/goals/g1/revise", shown: withPages({ goalForm: () => page({ id: "g1", words: measures.BY_NUMBER }) }) },
  "goal-new": { at: "/goals/new", shown: FULL },
  "goal-example": {
    at: "/goals/new",
    shown: withPages({ goalForm: () => page({ words: NO_WORDS, examples: measures.EXAMPLES }) }),
    drafts: { "goal:new": { words: measures.FROM_EXAMPLE, from: { words: NO_WORDS } } },
  },
  "goal-revise": { at: "/goals/g1/revise", shown: FULL },
  "goal-meanwhile": {
    at: "/goals/g1/revise",
    shown: withPages({ goalForm: () => page({ id: "g1", words: { ...NO_WORDS, title: "Say what I need, kindly" } }) }),
    drafts: {
      "goal:g1": { words: { ...NO_WORDS, title: "Say what I need, at once" }, from: { ...NO_WORDS, title: "Say what I need" } },
    },
  },
  sessions: { at: "/sessions", shown: FULL },
  "sessions-empty": { at: "/sessions", shown: EMPTY },
  session: { at: "/sessions/s0", shown: FULL },
  "session-to-come": { at: "/sessions/s3", shown: withPages({ session: () => page(back.SESSION_TO_COME) }) },
  "session-not-private": { at: "/sessions/s0", shown: withPages({ session: () => page(back.SESSION_ALONE) }) },
  "session-new": { at: "/sessions/new", shown: FULL },
  reflections: { at: "/reflections", shown: FULL },
  "reflections-empty": { at: "/reflections", shown: EMPTY },
  "reflections-many": { at: "/reflections", shown: withPages({ reflections: () => page(back.MANY_REFLECTIONS) }) },
  brief: { at: "/sessions/s1/brief", shown: FULL },
  ending: { at: "/ending", shown: FULL },
  "ending-empty": { at: "/ending", shown: EMPTY },
  timeline: { at: "/timeline", shown: FULL },
  "timeline-empty": { at: "/timeline", shown: EMPTY },
  together: { at: "/together", shown: FULL },
  "together-private": { at: "/together", shown: withPages({ together: () => page({ ...together.ALONE, isPrivate: true, title: "My goals" }) }) },
  "together-invite": { at: "/together", shown: withPages({ together: () => page(together.ALONE) }) },
  "together-invited": { at: "/together", shown: withPages({ together: () => page(together.INVITED) }) },
  "together-reader": { at: "/together", shown: { ...withPages({ together: () => page(together.READER) }), standing: () => SHARED } },
  "together-proposals": { at: "/together", shown: withPages({ together: () => page(together.PROPOSALS) }) },
  "together-left": { at: "/together", shown: withPages({ together: () => page({ ...together.ALONE, role: "none", members: [] }) }) },
  "today-therapist": { at: "/", shown: { ...FULL, standing: () => SHARED, today: () => ({ ...people.TODAY, may: together.THERAPIST }) } },
  "goal-therapist": { at: "/goals/g1", shown: { ...goal({ may: together.THERAPIST }), standing: () => SHARED } },
  "goal-reader": { at: "/goals/g1", shown: { ...goal({ may: together.READS }), standing: () => SHARED } },
  "goal-propose": { at: "/goals/g1/revise", shown: withPages({ goalForm: () => page({ id: "g1", proposes: "only", words: { ...NO_WORDS, title: people.GOAL.title } }) }) },
  "goal-propose-too": { at: "/goals/g1/revise", shown: withPages({ goalForm: () => page({ id: "g1", proposes: "also", words: { ...NO_WORDS, title: people.GOAL.title } }) }) },
  join: { at: "/join", shown: FULL },
  "join-new": { at: "/join", shown: withPages({ join: () => page({ ...together.JOIN, paired: false }) }) },
  "join-waits": { at: "/join", shown: withPages({ join: () => page(together.JOIN_WAITS) }) },
  "join-code": { at: "/join", shown: withPages({ join: () => page({ on: people.ON, code: "", paired: true, wrong: "That code opens nothing here." }) }) },
  journals: { at: "/journals", shown: { ...FULL, standing: () => SHARED } },
  "not-taken": { at: "/not-taken", shown: { ...FULL, standing: () => ({ ...SHARED, refused: 2 }) } },
  "not-taken-empty": { at: "/not-taken", shown: EMPTY },
  caseload: { at: "/caseload", shown: FULL },
  "caseload-empty": { at: "/caseload", shown: EMPTY },
  devices: { at: "/devices", shown: FULL },
  "devices-token": { at: "/devices", shown: withPages({ devices: () => page({ ...together.DEVICES, made: { name: "my chart", token: "mp_made-up-token-of-many-letters-0123456789" } }) }) },
  "devices-alone": { at: "/devices", shown: EMPTY },
  "together-empty": { at: "/together", shown: EMPTY },
  conflicts: { at: "/to-settle", shown: FULL },
  "conflicts-empty": { at: "/to-settle", shown: EMPTY },
  plan: { at: "/safety-plan", shown: FULL },
  "plan-empty": { at: "/safety-plan", shown: EMPTY },
  "plan-write": { at: "/safety-plan/write", shown: FULL },
  "help-now": { at: "/help-now", shown: FULL },
  "help-now-empty": { at: "/help-now", shown: { ...EMPTY, help: () => ({ ...people.HELP, plan: {} }) } },
  connect: { at: "/connect", shown: FULL },
  "connect-another": { at: "/connect", shown: withPages({ connect: () => page({ paired: true, code: "", trouble: "", signedOut: false, another: outside.ONE_MORE }) }) },
  "connect-first": { at: "/connect", shown: EMPTY },
  "goal-achieved": { at: "/goals/g6", shown: { ...FULL, goal: () => ({ ...people.BARE_GOAL, title: "Answer the owl post within a week", status: "achieved" }) } },
  calendar: { at: "/calendar", shown: FULL },
  "calendar-alone": { at: "/calendar", shown: withPages({ calendar: () => page({ paired: false, isEmpty: false, trouble: "", goals: [] }, CALENDAR_ACTS) }) },
  "calendar-away": { at: "/calendar", shown: withPages({ calendar: () => page({ paired: true, isEmpty: false, trouble: AWAY, goals: [] }, CALENDAR_ACTS) }) },
  "calendar-no-journal": { at: "/calendar", shown: withPages({ calendar: () => page({ paired: true, isEmpty: true, trouble: "", goals: [] }, CALENDAR_ACTS) }) },
  "calendar-old": { at: "/calendar", shown: withPages({ calendar: () => page({ ...outside.CALENDAR, trouble: AWAY }, CALENDAR_ACTS) }) },
  "calendar-empty": { at: "/calendar", shown: withPages({ calendar: () => page({ paired: true, isEmpty: false, trouble: "", goals: [], known: { feeds: [], connections: [], offers: [], broken: [] } }, CALENDAR_ACTS) }) },
  "calendar-once": { at: "/calendar", shown: withPages({ calendar: () => page({ ...outside.CALENDAR, told: outside.TOLD_FEED }, CALENDAR_ACTS) }) },
  "connection-new": { at: "/calendar/connect/caldav", shown: FULL },
  "connection-new-webhook": { at: "/calendar/connect/webhook", shown: FULL },
  "connection-new-fhir": { at: "/calendar/connect/fhir", shown: FULL },
  "connection-new-health": { at: "/calendar/connect/health-auto-export", shown: FULL },
  "connection-new-shelf": { at: "/calendar/connect/shelf", shown: FULL },
  "connection-new-box": { at: "/calendar/connect/box", shown: FULL },
  connection: { at: "/calendar/kitchen-wall", shown: FULL },
  "connection-trouble": { at: "/calendar/shelf", shown: withPages({ connection: (id) => page({ id, paired: true, trouble: AWAY, found: { ...outside.CONNECTION, stands: outside.CALENDAR.known?.connections[1]?.stands ?? outside.CONNECTION.stands } }, LEAVING_ACTS) }) },
  "connection-begins": { at: "/calendar/shelf", shown: withPages({ connection: (id) => page({ id, paired: true, trouble: "", found: outside.NOT_BEGUN }, LEAVING_ACTS) }) },
  "connection-not-shown": { at: "/calendar/shelf", shown: withPages({ connection: (id) => page({ id, paired: true, trouble: "", found: outside.NOT_BEGUN }, { ...CALENDAR_ACTS, leaving: () => Promise.resolve("The shelf is not there.") }) }) },
  "connection-inbox": { at: "/calendar/box", shown: withPages({ connection: (id) => page({ id, paired: true, trouble: "", found: outside.INBOX, told: outside.TOLD_BOX }, LEAVING_ACTS) }) },
  "connection-asks": { at: "/calendar/shelf", shown: withPages({ connection: (id) => page({ id, paired: true, trouble: "", found: { ...outside.NOT_BEGUN, by: "Dr Ito", isOwn: false, stands: { ...outside.NOT_BEGUN.stands, state: "asks" } } }, LEAVING_ACTS) }) },
  settings: { at: "/settings", shown: FULL },
  "settings-resting": { at: "/settings", shown: withPages({ settings: () => page({ ...people.SETTINGS, resting: { until: "2031-03-20" }, discreet: true }) }) },
  files: { at: "/files", shown: FULL },
  "files-empty": { at: "/files", shown: EMPTY },
  "files-looked": {
    at: "/files",
    shown: withPages({ files: () => page({ isEmpty: false, looked: { file: "milepost-2031-03-01.json", coming: ["2 goals", "31 check-ins"], here: 4, brought: 3, gone: 1, refused: 2, named: ["checkins 7", "goals 3"] } }) }),
  },
  questionnaires: { at: "/questionnaires", shown: FULL },
  questionnaire: { at: "/questionnaires/phq-9", shown: FULL },
  "questionnaire-first": { at: "/questionnaires/phq-9", shown: withPages({ questionnaire: () => page(forms.UNWORDED) }) },
  "questionnaire-kept": { at: "/questionnaires/phq-9", shown: withPages({ questionnaire: () => page(forms.KEPT) }) },
  "questionnaire-worded": { at: "/questionnaires/goose", shown: withPages({ questionnaire: () => page(forms.WORDED) }) },
  more: { at: "/more", shown: { ...FULL, standing: () => ({ ...PAIRED, works: true }) } },
  unknown: { at: "/nowhere", shown: FULL },
};
