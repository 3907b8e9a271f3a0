/** What the screen of one goal is shown. */

import type { Change, GoalShown, GoalStatus, Hint, Mark, ProgressShown, StepShown, ThenNow } from "../app/screens/shown";
import { dateWords } from "../app/words/days";
import { numberWords, say } from "../app/words/words";
import type { Checkin } from "../views/checkins";
import { dayOf, type Day } from "../views/days";
import { dueOf, rewordings, stepsOf } from "../views/goals";
import { seriesOf, type Measured } from "../views/progress";
import { all, given, status, text } from "../views/reading";
import { hintFor } from "./hints";
import type { Journal } from "./journal";
import { askedOf, checkinShown, conflictsShown, practiceShown } from "./shown";

export function goalShown(journal: Journal, id: string, isAsked: boolean): GoalShown | null {
  const { state } = journal.seen.value;
  if (!state.visible("goal").includes(id)) return null;
  const fields = state.fields("goal", id);
  const said = journal.diary.value.get(id) ?? [];
  const steps = stepsOf(state, id).map(([step, of]): StepShown =>
    given<StepShown>({
      id: step,
      title: text(of, "title"),
      status: status(of, "planned") as StepShown["status"],
      due: dueOf(of) || undefined,
      on: text(of, "on") || undefined,
    }),
  );
  const history = rewordings(state.journal, id, journal.history(id)).map(({ at, actor, reason, ...one }) =>
    given<Change>({ ...one, on: dayOf(new Date(at)), by: journal.nameOf(actor), reason: reason || undefined }),
  );
  return given<GoalShown>({
    on: journal.today.value,
    id,
    title: text(fields, "title"),
    status: status(fields, "active") as GoalStatus,
    why: text(fields, "why") || undefined,
    looksLike: text(fields, "looks_like") || undefined,
    helps: text(fields, "helps") || undefined,
    due: dueOf(fields) || undefined,
    reflection: text(fields, "reflection") || undefined,
    steps,
    practices: all(state, "practice").filter(([, of]) => of["goal"] === id && status(of, "active") === "active").map(([one, of]) => practiceShown(one, of)),
    progress: progressShown(seriesOf(state, said), steps, history, journal.today.value),
    asked: askedOf(state, text(fields, "measure")),
    checkins: [...said].reverse().map((one) => checkinShown(journal, one)),
    history,
    hint: isAsked ? hintOf(journal, id) : undefined,
    thenNow: thenNow(said.filter((one) => one.note)),
    toSettle: conflictsShown(journal).filter((one) => one.id.includes(id)).length,
  });
}

/** The first and the latest words about a goal, if they were written on two days. */
function thenNow(noted: readonly Checkin[]): ThenNow | undefined {
  const [first, latest] = [noted[0], noted.at(-1)];
  if (!first || !latest || first.on === latest.on) return undefined;
  return { first: { on: first.on, text: first.note }, latest: { on: latest.on, text: latest.note } };
}

function hintOf(journal: Journal, id: string): Hint | null {
  const { state } = journal.seen.value;
  return hintFor(state.fields("goal", id), stepsOf(state, id).map(([, fields]) => fields));
}

/** The numbers in a sentence and as a line; nothing where none was said. */
function progressShown(series: readonly Measured[], steps: readonly StepShown[], history: readonly Change[], on: Day): ProgressShown | undefined {
  if (series.length === 0) return undefined;
  const words = series.map((one) => sentenceOf(one, on)).join(" ");
  const marks: Mark[] = [
    ...steps.filter((step) => step.status === "reached" && step.on).map((step) => ({ on: step.on as Day, kind: "step" as const, words: say("mark.reached", { title: step.title }) })),
    ...[...new Set(history.map((change) => change.on))].map((day) => ({ on: day, kind: "revised" as const, words: say("mark.revised") })),
  ];
  return {
    words,
    series: series.map((one) => {
      const values = one.points.map(({ value }) => value);
      return given<ProgressShown["series"][number]>({
        question: one.question || undefined,
        low: one.low ?? Math.min(...values),
        high: one.high ?? Math.max(...values),
        points: one.points,
      });
    }),
    marks,
  };
}

/** How one measure went, in a sentence or two. */
export function sentenceOf({ baseline, now, points, unit, trend }: Measured, on: Day): string {
  const withUnit = (value: number) => [numberWords(value), unit].filter(Boolean).join(" ");
  const day = dateWords(baseline.on, on);
  const [first, latest] = [withUnit(baseline.value), withUnit(now.value)];
  const words =
    points.length === 1 ? say("progress.one", { latest, day })
    : now.value === baseline.value ? say("progress.same", { latest, day })
    : say("progress.from_to", { first, latest, day });
  return trend ? `${words} ${say(`progress.${trend}`)}` : words;
}
