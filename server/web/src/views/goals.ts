/** A journal's goals with all that belongs to them; pure. */

import type { Goal, Milestone, Practice } from "../core/generated/views";
import type { State } from "../core/journal";
import { checkinsAbout } from "./checkins";
import { by, isRetracted, milestone, practices, show, those, written } from "./entities";

/** One goal's page: the goal, and the practices that belong to it. */
export interface GoalPage {
  readonly goal: Goal;
  readonly practices: readonly Practice[];
}

/** Every goal with what belongs to it, in the person's own order. */
export function goals(state: State): Goal[] {
  const steps = new Map<string, Milestone[]>();
  for (const step of inOrder(state, state.visible("milestone"))) {
    const ours = steps.get(step.goal);
    if (ours) ours.push(step);
    else steps.set(step.goal, [step]);
  }
  const gone = stepsTakenBack(state);
  return state
    .visible("goal")
    .map((id) => withAll(state, id, steps.get(id) ?? [], gone.get(id)))
    .sort(by(({ rank, id }) => [rank || "~", id]));
}

/** One goal with what belongs to it. */
export function goal(state: State, id: string): Goal {
  const steps = inOrder(state, those(state, "milestone", (fields) => fields["goal"] === id).keys());
  return withAll(state, id, steps, stepsTakenBack(state).get(id));
}

/** Goal → the newest change of those of its steps that were taken back. */
function stepsTakenBack(state: State): Map<string, string> {
  const found = new Map<string, string>();
  for (const [id, step] of state.entities.get("milestone") ?? []) {
    if (!isRetracted(step)) continue;
    const goal = (state.fields("milestone", id)["goal"] as string | null | undefined) ?? "";
    const { at } = written(step);
    if (at > (found.get(goal) ?? "")) found.set(goal, at);
  }
  return found;
}

export function goalPage(state: State, id: string): GoalPage {
  return { goal: goal(state, id), practices: practices(state).filter((one) => one.goal === id) };
}

function inOrder(state: State, ids: Iterable<string>): Milestone[] {
  return [...ids].map((id) => milestone(state, id)).sort(by(({ rank, id }) => [rank || "~", id]));
}

function withAll(state: State, id: string, milestones: Milestone[], gone = ""): Goal {
  const found = show(state, "goal", id);
  const checkins = [...checkinsAbout(state, id)];
  const isSmart = Boolean(found.due || found.measure) && (state.fields("goal", id)["kind"] ?? null) === null;
  const valued = checkins.filter(({ value, measure }) => value !== null && measure === found.measure);
  return {
    ...found,
    kind: isSmart ? "smart" : found.kind,
    changed_at: [found.changed_at, gone, ...milestones.map((step) => step.changed_at)].sort().at(-1) as string,
    first: (valued.find(({ baseline }) => baseline) ?? valued[0])?.value ?? found.first,
    latest: valued.at(-1)?.value ?? found.latest,
    milestones,
    checkins,
  };
}
