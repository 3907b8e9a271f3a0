/** What the screen of one goal is shown. */

import type { Change, GoalShown, GoalStatus, Mark, ProgressShown, Series, StepShown, ThenNow } from "../app/screens/shown";
import { dateWords } from "../app/words/days";
import { rhythmWords } from "../app/words/rhythms";
import { say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { Checkin, Milestone } from "../core/generated/views";
import type { State } from "../core/journal";
import { dayIn, given } from "../views/fields";
import { goalPage } from "../views/goals";
import { localDay } from "../views/moments";
import { seriesOf, type Measured } from "../views/progress";
import { hintFor } from "./hints";
import type { Journal } from "./journal";
import { isWorded, openAbout } from "./proposals";
import { askedOf, levelsOf, measureOf, valueWords } from "./measures";
import { checkinShown, mayIn, practiceShown } from "./shown";

export function goalShown(journal: Journal, id: string, isAsked: boolean): GoalShown | null {
  const { state } = journal.seen.value;
  if (!state.visible("goal").includes(id)) return null;
  const { goal, practices } = goalPage(state, id);
  const steps = goal.milestones.map(stepShown);
  const changes = rewordings(journal, id);
  return given<GoalShown>({
    on: journal.today.value,
    may: mayIn(journal),
    id,
    title: goal.title,
    status: goal.status as GoalStatus,
    why: goal.why || undefined,
    looksLike: goal.looks_like || undefined,
    helps: goal.helps || undefined,
    due: dayIn(goal.due) || undefined,
    reflection: goal.reflection || undefined,
    steps,
    practices: practices.filter(({ status }) => status === "active").map((one) => ({ ...practiceShown(one), when: rhythmWords(one.recurrence ?? "") })),
    progress: progressShown(state, seriesOf(state, goal.checkins), steps, changes, journal.today.value),
    asked: askedOf(state, goal.measure),
    checkins: [...goal.checkins].reverse().map((one) => checkinShown(journal, one)),
    history: changes,
    hint: isAsked ? hintFor(goal) : undefined,
    thenNow: thenNow(goal.checkins.filter((one) => one.note)),
    toSettle: journal.conflicts.value.filter((one) => one.id === id).length,
    proposed: openAbout(state, id),
  });
}

function stepShown({ id, title, status, due, on }: Milestone): StepShown {
  return given<StepShown>({ id, title, status: status as StepShown["status"], due: dayIn(due) || undefined, on: on ?? undefined });
}

/** How the goal's words changed since it was written down, the latest change first. */
function rewordings(journal: Journal, id: string): Change[] {
  const rows = journal.history(id);
  const begun = rows[0] && `${rows[0].device}.${rows[0].n}`;
  return rows
    .filter(({ field, device, n, from, to }) => isWorded(field) && `${device}.${n}` !== begun && from !== to)
    .map(({ field, from, to, reason, actor, device, n, at }) =>
      given<Change>({
        id: `${device}.${n}.${field}`,
        on: localDay(new Date(at)),
        field: field as Change["field"],
        before: wordsIn(from),
        after: wordsIn(to),
        by: journal.nameOf(actor),
        reason: reason || undefined,
      }),
    )
    .reverse();
}

function wordsIn(value: Json): string {
  return typeof value === "string" ? value : dayIn(value);
}

/** The first and the latest words about a goal, if they were written on two days. */
function thenNow(noted: readonly Checkin[]): ThenNow | undefined {
  const [first, latest] = [noted[0], noted.at(-1)];
  if (!first?.note || !latest?.note || first.on === latest.on) return undefined;
  return { first: { on: first.on, text: first.note }, latest: { on: latest.on, text: latest.note } };
}

/** The numbers in a sentence and as a line; nothing where none was said. */
function progressShown(state: State, series: readonly Measured[], steps: readonly StepShown[], history: readonly Change[], on: string): ProgressShown | undefined {
  if (series.length === 0) return undefined;
  const words = series.map((one) => sentenceOf(state, one, on, series.length > 1)).join(" ");
  const marks: Mark[] = [
    ...steps.filter((step) => step.status === "reached" && step.on).map((step) => ({ on: step.on as string, kind: "step" as const, words: say("mark.reached", { title: step.title }) })),
    ...[...new Set(history.map((change) => change.on))].map((day) => ({ on: day, kind: "revised" as const, words: say("mark.revised") })),
  ];
  return {
    words,
    series: series.map((one) => seriesShown(state, one)),
    marks,
  };
}

function seriesShown(state: State, { measure, question, low, high, unit, points }: Measured): Series {
  const found = measureOf(state, measure || null);
  const values = points.map(({ value }) => value);
  return given<Series>({
    question: question || undefined,
    low: low ?? Math.min(...values),
    high: high ?? Math.max(...values),
    unit: unit || undefined,
    levels: found?.type === "attainment" ? levelsOf(found) : undefined,
    points,
  });
}

/** How one measure went, in a sentence or two; which of `several`, by its question. */
export function sentenceOf(state: State, { measure, question, baseline, now, points, trend }: Measured, on: string, several = false): string {
  const found = measureOf(state, measure || null);
  const day = dateWords(baseline.on, on);
  const [first, latest] = [valueWords(found, baseline.value), valueWords(found, now.value)];
  const words =
    points.length === 1 ? say("progress.one", { latest, day })
    : now.value === baseline.value ? say("progress.same", { latest, day })
    : say("progress.from_to", { first, latest, day });
  const aim = found && typeof found.target === "number" && found.type !== "attainment" ? say("progress.aim", { value: valueWords(found, found.target) }) : "";
  const sentences = [words, trend && say(`progress.${trend}`), aim].filter(Boolean);
  return [...(several && question ? [question] : []), ...sentences].join(" ");
}
