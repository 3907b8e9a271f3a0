/** What each screen is shown of the journal. Works out nothing itself that a view does, and writes nothing. */

import { signal } from "@preact/signals";

import type { Shown } from "../app/app";
import type {
  Asked, CheckinShown, ConflictShown, GoalLine, GoalStatus, GoalsShown, PlanPart, PracticeShown, SessionShown, Subject, TodayShown,
} from "../app/screens/shown";
import { PLAN_PARTS } from "../app/screens/shown";
import { say } from "../app/words/words";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import type { Checkin } from "../views/checkins";
import { dayOf } from "../views/days";
import { dueOf, goalsOf, nearOf, stepsOf, WORDED } from "../views/goals";
import { all, given, number, status, text } from "../views/reading";
import { occurrences } from "../views/recurrence";
import { nextSession, pastSessions, topicsFor, type Session } from "../views/sessions";
import { briefShown } from "./brief";
import { formShown } from "./form";
import { goalShown } from "./goal";
import { helpLines } from "./help";
import type { Journal } from "./journal";
import { preferences } from "./preferences";

/** Statuses of a goal in which nothing of it is asked. */
const PUT_AWAY = new Set(["later", "paused", "let_go", "ended"]);

/** The hint that was asked for, goal by goal. */
export const hints = signal<ReadonlySet<string>>(new Set());

export function shownOf(journal: Journal): Shown {
  const state = () => journal.seen.value.state;
  return {
    standing: () => ({ online: journal.link.online.value, paired: journal.link.paired.value, unsent: journal.unsent.value }),
    today: () => todayShown(journal),
    goals: () => goalsShown(journal),
    goal: (id) => goalShown(journal, id, hints.value.has(id)),
    goalForm: (id) => formShown(journal, id),
    sessions: () => {
      const [on, now] = [journal.today.value, Date.now()];
      const next = nextSession(state(), on, now);
      return {
        on,
        ...(next && { next: sessionShown(next) }),
        topics: topicsShown(journal, next),
        past: pastSessions(state(), on, now).map((one) => ({ ...sessionShown(one), ...saidAfter(state(), one.id) })),
      };
    },
    brief: (id) => briefShown(journal, id),
    together: () => ({
      members: journal.members.value.map(({ id, name, role }) => ({ id, name, role, you: id === journal.account.value, sees: [] })),
      proposals: proposalsShown(journal),
    }),
    conflicts: () => ({ on: journal.today.value, conflicts: conflictsShown(journal) }),
    plan: () => planShown(state()),
    help: () => ({ plan: planShown(state()), ...helpLines() }),
    settings: () => {
      const resting = restShown(journal);
      const timeZone = text(state().fields("journal", state().journal), "time_zone") || Intl.DateTimeFormat().resolvedOptions().timeZone;
      return { ...preferences.value, timeZone, ...(resting && { resting }) };
    },
    connect: () => {
      const { kind, words } = journal.link.trouble.value;
      const code = decodeURIComponent(location.hash.slice(1));
      return { paired: journal.link.paired.value, code, trouble: words, signedOut: kind === "signed-out" };
    },
  };
}

function todayShown(journal: Journal): TodayShown {
  const { state } = journal.seen.value;
  const [on, now] = [journal.today.value, Date.now()];
  const next = nextSession(state, on, now);
  const goals = goalsOf(state).filter(([, fields]) => status(fields, "active") === "active");
  return given<TodayShown>({
    on,
    resting: restShown(journal),
    subjects: goals.map(([id, fields]) => subjectOf(journal, id, fields)),
    practices: practicesOn(journal),
    near: nearOf(state, on),
    session: next && sessionShown(next),
    topics: topicsShown(journal, next),
    toSettle: conflictsShown(journal).length,
  });
}

/** The rest that covers today, its last day included. */
function restShown(journal: Journal): { until?: string } | undefined {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const rest = state.fields("rest", state.journal);
  const until = text(rest, "until");
  const isResting = rest["resting"] === true && text(rest, "on") <= on && (!until || on <= until);
  return isResting ? (until ? { until } : {}) : undefined;
}

function subjectOf(journal: Journal, id: string, fields: Fields): Subject {
  const { state } = journal.seen.value;
  const saidToday = journal.diary.value.get(id)?.findLast(({ on }) => on === journal.today.value);
  return given<Subject>({
    id,
    title: text(fields, "title"),
    asked: askedOf(state, text(fields, "measure")),
    saidToday: saidToday && checkinShown(journal, saidToday),
  });
}

/** What a check-in on a measure asks for; null where it is answered in words. */
export function askedOf(state: State, measure: string): Asked | null {
  const fields = measure ? state.fields("measure", measure) : {};
  const [low, high] = [number(fields, "low"), number(fields, "high")];
  if (text(fields, "type") === "attainment") {
    const levels = ["minus_2", "minus_1", "0", "plus_1", "plus_2"].map((name) => text(fields, `level_${name}`));
    return { low: -2, high: 2, levels };
  }
  if (low === undefined || high === undefined) return null;
  return given<Asked>({
    question: text(fields, "question") || undefined,
    low,
    high,
    unit: text(fields, "unit") || undefined,
    lowWords: undefined,
    highWords: undefined,
    levels: undefined,
  });
}

export function checkinShown(journal: Journal, one: Checkin): CheckinShown {
  return given<CheckinShown>({ id: one.id, on: one.on, value: one.value, note: one.note || undefined, by: journal.nameOf(one.actor) });
}

/** The active practices that come today; those of a goal that is put away are not asked for. */
function practicesOn(journal: Journal): PracticeShown[] {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const away = new Set(all(state, "goal").filter(([, fields]) => PUT_AWAY.has(text(fields, "status"))).map(([id]) => id));
  return all(state, "practice")
    .filter(([, fields]) => status(fields, "active") === "active" && !away.has(text(fields, "goal")))
    .filter(([, fields]) => occurrences(text(fields, "recurrence") || "FREQ=DAILY", text(fields, "start"), on, on).length > 0)
    .map(([id, fields]) => ({
      ...practiceShown(id, fields),
      done: (journal.diary.value.get(id) ?? []).some((one) => (one.occurrence || one.on) === on),
    }));
}

export function practiceShown(id: string, fields: Fields): PracticeShown {
  return given<PracticeShown>({ id, title: text(fields, "title"), minutes: number(fields, "minutes"), when: undefined, done: undefined });
}

function goalsShown(journal: Journal): GoalsShown {
  const { state } = journal.seen.value;
  const lines = goalsOf(state).map(([id, fields]) => lineOf(journal, id, fields));
  return {
    on: journal.today.value,
    active: lines.filter((line) => line.status === "active"),
    later: lines.filter((line) => line.status === "later"),
    past: lines.filter((line) => line.status !== "active" && line.status !== "later"),
  };
}

function lineOf(journal: Journal, id: string, fields: Fields): GoalLine {
  const { state } = journal.seen.value;
  const said = journal.diary.value.get(id) ?? [];
  const measure = text(fields, "measure");
  const valued = said.filter((one) => one.value !== undefined && one.measure === measure);
  const first = valued.find((one) => one.isBaseline) ?? valued[0];
  const steps = stepsOf(state, id).filter(([, step]) => status(step, "planned") !== "dropped");
  const reached = steps.filter(([, step]) => status(step, "planned") === "reached").length;
  return given<GoalLine>({
    id,
    title: text(fields, "title"),
    status: status(fields, "active") as GoalStatus,
    due: dueOf(fields) || undefined,
    first: valued.length > 1 ? first?.value : undefined,
    latest: valued.at(-1)?.value,
    unit: (measure && text(state.fields("measure", measure), "unit")) || undefined,
    lastWords: said.findLast((one) => one.note)?.note,
    steps: steps.length ? { reached, all: steps.length } : undefined,
  });
}

export function sessionShown({ id, start, place }: Session): SessionShown {
  return given<SessionShown>({ id, start: start.at, place: place || undefined, who: undefined });
}

export function topicsShown(journal: Journal, next: Session | undefined) {
  const { state } = journal.seen.value;
  const found = topicsFor(state, next, journal.today.value, Date.now());
  const first = (id: string) => state.registers("topic", id).values().next().value?.[0].stamp.actor ?? "";
  return found
    .filter(([, fields]) => text(fields, "text"))
    .map(([id, fields]) => given<{ id: string; text: string; by?: string }>({ id, text: text(fields, "text"), by: journal.nameOf(first(id)) }));
}

/** What was written after a session. */
export function saidAfter(state: State, session: string): { reflection?: string; takeaway?: string } {
  const found = all(state, "reflection").findLast(([, fields]) => fields["session"] === session)?.[1];
  if (found === undefined) return {};
  return given<{ reflection?: string; takeaway?: string }>({ reflection: text(found, "text") || undefined, takeaway: text(found, "takeaway") || undefined });
}

/** What waits to be settled on the screen: fields with words. */
export function conflictsShown(journal: Journal): ConflictShown[] {
  const shown = journal.conflicts.value.filter(({ kind, field }) => kind === "goal" && WORDED.some((one) => one === field));
  return shown.map(({ kind, id, field, title, versions }) => {
    const told = versions.map(({ write, value, actor, device, at }) => ({
      write,
      words: typeof value === "string" ? value : value === null ? "" : JSON.stringify(value),
      by: journal.nameOf(actor) ?? say("you"),
      device: journal.devices.value.get(device) ?? say("device.unknown"),
      on: dayOf(new Date(at)),
    }));
    return { id: `${kind}/${id}/${field}`, title, field: field as ConflictShown["field"], versions: told as unknown as ConflictShown["versions"] };
  });
}

function proposalsShown(journal: Journal) {
  const { state } = journal.seen.value;
  return all(state, "proposal").filter(([, fields]) => !fields["decision"]).flatMap(([id, fields]) => {
    const change = fields["change"] as { kind?: string; id?: string; fields?: Fields } | null;
    if (change?.kind !== "goal" || !change.id) return [];
    const now = state.fields("goal", change.id);
    const actor = state.registers("proposal", id).get("change")?.[0].stamp.actor ?? "";
    return WORDED.filter((field) => typeof change.fields?.[field] === "string").map((field) =>
      given({ id, by: journal.nameOf(actor) ?? say("you"), title: text(now, "title"), field, now: text(now, field), proposed: text(change.fields ?? {}, field), reason: text(fields, "why") || undefined }),
    );
  });
}

export function planShown(state: State): Partial<Record<PlanPart, string>> {
  const fields = state.fields("plan", state.journal);
  return Object.fromEntries(PLAN_PARTS.map((part) => [part, text(fields, part)]).filter(([, words]) => words));
}
