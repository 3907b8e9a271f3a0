/** What each screen is shown of the journal. Works out nothing itself that a view does, and writes nothing. */

import { signal } from "@preact/signals";

import type { Pages, Shown } from "../app/app";
import type {
  CheckinShown, GoalLine, GoalStatus, GoalsShown, May, OnScreen, PlanPart, PlanShown, PracticeShown, SessionShown, Standing, Subject,
  TodayShown,
} from "../app/screens/shown";
import { PLAN_PARTS } from "../app/screens/shown";
import type { Checkin, Goal, Practice } from "../core/generated/views";
import type { State } from "../core/journal";
import { conflicts } from "../views/conflicts";
import { numberOf } from "../views/days";
import { own, show, those } from "../views/entities";
import { dayIn, given, text } from "../views/fields";
import { nextSession, topicsFor, type Session } from "../views/sessions";
import { covers, today } from "../views/today";
import { goalShown } from "./goal";
import { helpLines } from "./help";
import type { Journal } from "./journal";
import { askedOf, measureOf, valueOf, valueWords } from "./measures";
import { preferences } from "./preferences";
import { waitingFor } from "./proposals";

/** The hint that was asked for, goal by goal. */
export const hints = signal<ReadonlySet<string>>(new Set());

export function shownOf(journal: Journal): Shown {
  return {
    standing: () => given<Standing>({
      online: journal.link.online.value,
      paired: journal.link.paired.value,
      unsent: [...journal.unsent.value].reduce((sum, [id, n]) => sum + (journal.roleIn(id) === "none" ? 0 : n), 0),
      refused: journal.refused.value.length || undefined,
      signedOut: journal.link.trouble.value.kind === "signed-out",
      discreet: preferences.value.discreet,
      journal: journalOnScreen(journal),
      works: Object.values(journal.roles.value).includes("therapist") || undefined,
      isGuest: !journal.rights.value.own || undefined,
    }),
    today: () => todayShown(journal),
    goals: () => goalsShown(journal),
    goal: (id) => goalShown(journal, id, hints.value.has(id)),
    help: () => ({ plan: planOf(journal), also: alsoInPlan(journal), region: preferences.value.region, ...helpLines(preferences.value.region) }),
    pages: pagesOf(journal),
  };
}

/** Which journal is on the screen and who else is in it, where there are several. */
function journalOnScreen(journal: Journal): OnScreen | undefined {
  const [id, account] = [journal.id.value, journal.account.value];
  const others = journal.members.value.filter((one) => one.id !== account).map(({ name }) => name);
  const left = journal.roleIn(id) === "none";
  if (journal.rows.value.length < 2 && !others.length && !left) return undefined;
  const title = text(journal.seen.value.state.fields("journal", id), "title");
  return { id, title, others, isPrivate: journal.private.value.state.journal === id && !others.length, ...(left && { left }) };
}

function pagesOf(journal: Journal): Pages {
  return {
    goalEdits: coming(journal, () => import("./pages/goal_edits").then((part) => part.goalEdits)),
    goalForm: coming(journal, () => import("./pages/goal_form").then((part) => part.goalForm)),
    sessions: coming(journal, () => import("./pages/sessions").then((part) => part.sessions)),
    session: coming(journal, () => import("./pages/session").then((part) => part.session)),
    sessionNew: coming(journal, () => import("./pages/session_new").then((part) => part.sessionNew)),
    brief: coming(journal, () => import("./pages/brief").then((part) => part.brief)),
    reflections: coming(journal, () => import("./pages/reflections").then((part) => part.reflections)),
    ending: coming(journal, () => import("./pages/ending").then((part) => part.ending)),
    timeline: coming(journal, () => import("./pages/timeline").then((part) => part.timeline)),
    together: coming(journal, () => import("./pages/together").then((part) => part.together)),
    conflicts: coming(journal, () => import("./pages/conflicts").then((part) => part.conflicts)),
    plan: coming(journal, () => import("./pages/plan").then((part) => part.plan)),
    join: coming(journal, () => import("./pages/join").then((part) => part.join)),
    refused: coming(journal, () => import("./pages/refused").then((part) => part.refused)),
    journals: coming(journal, () => import("./pages/journals").then((part) => part.journals)),
    caseload: coming(journal, () => import("./pages/caseload").then((part) => part.caseload)),
    devices: coming(journal, () => import("./pages/devices").then((part) => part.devices)),
    connect: coming(journal, () => import("./pages/connect").then((part) => part.connect)),
    files: coming(journal, () => import("./pages/files").then((part) => part.files)),
    questionnaires: coming(journal, () => import("./pages/questionnaires").then((part) => part.questionnaires)),
    questionnaire: coming(journal, () => import("./pages/questionnaire").then((part) => part.questionnaire)),
    calendar: coming(journal, () => import("./pages/calendar").then((part) => part.calendar)),
    connectionNew: coming(journal, () => import("./pages/connection_new").then((part) => part.connectionNew)),
    connection: coming(journal, () => import("./pages/connection").then((part) => part.connection)),
    settings: coming(journal, () => import("./pages/settings").then((part) => part.settings)),
  };
}

/** A page that is worked out by code that comes when it is first asked for: undefined until then. */
function coming<Page, Asked extends unknown[]>(
  journal: Journal,
  load: () => Promise<(journal: Journal, ...asked: Asked) => Page>,
): (...asked: Asked) => Page | undefined {
  const code = signal<{ readonly work?: (journal: Journal, ...asked: Asked) => Page }>({});
  let loading: Promise<void> | undefined;
  return (...asked) => {
    const { work } = code.value;
    if (!work) loading ??= load().then((work) => void (code.value = { work }));
    return work?.(journal, ...asked);
  };
}

function todayShown(journal: Journal): TodayShown {
  const { state } = journal.seen.value;
  const [on, now] = [journal.today.value, Date.now()];
  const next = nextSession(state, on, now);
  const day = today(state, numberOf(on) ?? 0);
  const goalOf = (step: string) => text(state.fields("milestone", step), "goal");
  return given<TodayShown>({
    on,
    may: mayIn(journal),
    resting: journal.rights.value.own ? restShown(journal) : undefined,
    subjects: journal.goals.value.filter(({ status }) => status === "active").map((goal) => subjectOf(journal, goal)),
    practices: day.practices.map(({ id, done }) => ({ ...practiceShown(show(state, "practice", id)), done })),
    near: day.near.map(({ kind, id, title, due }) => ({ id, title, due, goal: kind === "goal" ? id : goalOf(id) })),
    session: next && sessionShown(next),
    topics: topicsShown(journal, next),
    toSettle: journal.conflicts.value.length,
    proposals: journal.rights.value.talk ? waitingFor(journal, state).length : 0,
  });
}

/** What somebody may do in the journal that is open, where that is not everything. */
export function mayIn(journal: Journal): May | undefined {
  return journal.rights.value.own ? undefined : journal.rights.value;
}

/** The rest that covers today, its last day included. */
export function restShown(journal: Journal): { until?: string } | undefined {
  const rest = own(journal.seen.value.state, "rest");
  if (!covers(rest, journal.today.value)) return undefined;
  return rest.until === null ? {} : { until: rest.until };
}

function subjectOf(journal: Journal, goal: Goal): Subject {
  const saidToday = goal.checkins.findLast(({ on }) => on === journal.today.value);
  return given<Subject>({
    id: goal.id,
    title: goal.title,
    asked: askedOf(journal.seen.value.state, goal.measure),
    saidToday: saidToday && checkinShown(journal, saidToday),
  });
}

export function checkinShown(journal: Journal, one: Checkin): CheckinShown {
  const value = valueOf(measureOf(journal.seen.value.state, one.measure), one.value);
  return given<CheckinShown>({ id: one.id, on: one.on, number: value.number, level: value.level, note: one.note || undefined, by: journal.nameOf(one.actor) });
}

export function practiceShown({ id, title, minutes }: Practice): PracticeShown {
  return minutes === null ? { id, title } : { id, title, minutes };
}

function goalsShown(journal: Journal): GoalsShown {
  const lines = journal.goals.value.map((goal) => lineOf(journal, goal));
  return {
    on: journal.today.value,
    ...given<Pick<GoalsShown, "may">>({ may: mayIn(journal) }),
    active: lines.filter((line) => line.status === "active"),
    later: lines.filter((line) => line.status === "later"),
    past: lines.filter((line) => line.status !== "active" && line.status !== "later"),
  };
}

function lineOf(journal: Journal, goal: Goal): GoalLine {
  const { state } = journal.seen.value;
  const { first, latest, checkins, measure } = goal;
  const said = (value: number | string | null) => valueWords(measureOf(state, measure), value) || undefined;
  const steps = goal.milestones.filter(({ status }) => status !== "dropped");
  const hasTwo = checkins.filter((one) => one.value !== null && one.measure === measure).length > 1;
  return given<GoalLine>({
    id: goal.id,
    title: goal.title,
    status: goal.status as GoalStatus,
    due: dayIn(goal.due) || undefined,
    first: hasTwo ? said(first) : undefined,
    latest: said(latest),
    lastWords: checkins.findLast((one) => one.note)?.note ?? undefined,
    steps: steps.length ? { reached: steps.filter(({ status }) => status === "reached").length, all: steps.length } : undefined,
  });
}

export function sessionShown({ id, start, place }: Session): SessionShown {
  return given<SessionShown>({ id, start: start.at, place: place || undefined, who: undefined });
}

export function topicsShown(journal: Journal, next: Session | undefined) {
  const found = topicsFor(journal.seen.value.state, next, journal.today.value, Date.now());
  const told = ({ id, text, actor }: { id: string; text: string | null; actor: string }) =>
    given<{ id: string; text: string; by?: string }>({ id, text: text ?? "", by: journal.nameOf(actor) });
  return found.filter((topic) => topic.text).map(told);
}

/** What was written after a session. */
export function saidAfter(state: State, session: string): { reflection?: string; takeaway?: string } {
  const found = [...those(state, "reflection", (fields) => fields["session"] === session).values()].at(-1);
  if (found === undefined) return {};
  return given<{ reflection?: string; takeaway?: string }>({ reflection: text(found, "text") || undefined, takeaway: text(found, "takeaway") || undefined });
}

/** The person's own plan: it is in their private journal, or in the one that is open where that is theirs and has the only one. */
function planOf(journal: Journal): PlanShown {
  const plan = planShown(journal.private.value.state);
  return Object.keys(plan).length || !journal.rights.value.own ? plan : planShown(journal.seen.value.state);
}

/** What was written into the plan at the same time as what it shows: nobody is to be without it on a hard day. */
function alsoInPlan(journal: Journal): string[] {
  const waiting = conflicts(journal.private.value.state).filter(({ kind }) => kind === "plan");
  return waiting.flatMap(({ b, others }) => [b, ...others].map(({ value }) => (typeof value === "string" ? value : ""))).filter(Boolean);
}

export function planShown(state: State): Partial<Record<PlanPart, string>> {
  const fields = state.fields("plan", state.journal);
  return Object.fromEntries(PLAN_PARTS.map((part) => [part, text(fields, part)]).filter(([, words]) => words));
}
