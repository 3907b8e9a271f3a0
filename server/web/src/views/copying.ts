/**
 * A copy of a whole journal, as `milepost export json` writes it: what people see of it, and no event; pure. Twin of
 * `milepost/projection.py` where everything is granted.
 */

import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { COPIED } from "../journal/generated/copied";
import { checkins } from "./checkins";
import { by, practices, written } from "./entities";
import { text } from "./fields";
import { goals } from "./goals";

export type Copied = Readonly<Record<string, Json>>;

/** The lists of a copy, in the order in which they stand, and the kind of what is in each. */
export const LISTS = {
  goals: "goal", milestones: "milestone", measures: "measure", checkins: "checkin", practices: "practice", series: "series",
  sessions: "session", topics: "topic", reflections: "reflection", assessments: "assessment",
} as const;
export type Kind = (typeof LISTS)[keyof typeof LISTS];

const LEVELS = ["level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2"];
const byDay = by<Copied>((one) => [text(one, "on"), text(one, "changed_at"), text(one, "id")]);
const byStart = by<Copied>((one) => [text(one["start"] as Copied, "at"), text(one, "id")]);

/** All that is in a journal. */
export function copyOf(state: State): Copied {
  const own = state.fields("journal", state.journal);
  const shown = goals(state).map((goal) => {
    const kept = goal.milestones.filter(({ status }) => status !== "dropped");
    const of = kept.length;
    const steps = goal.milestones.map((step) => {
      const place = kept.indexOf(step) + 1;
      return as("milestone", { ...step, place, of: place ? of : 0 });
    });
    return { goal: as("goal", { ...goal, steps: of, reached: kept.filter(({ status }) => status === "reached").length }), steps };
  });
  const begun = (one: Copied) => Boolean(one["start"]);
  return {
    id: state.journal,
    title: text(own, "title"),
    time_zone: text(own, "time_zone") || "UTC",
    locale: text(own, "locale") || "en",
    goals: shown.map(({ goal }) => goal),
    milestones: shown.flatMap(({ steps }) => steps),
    measures: each(state, "measure").map((one) => withLevels(state, one)).sort(by((one) => [text(one, "id")])),
    checkins: checkins(state).map((one) => as("checkin", one)),
    practices: practices(state).map((one) => as("practice", one)),
    series: each(state, "series").filter(begun).sort(byStart),
    sessions: each(state, "session").filter(begun).sort(byStart),
    topics: each(state, "topic").sort(by((one) => [text(one, "changed_at"), text(one, "id")])),
    reflections: each(state, "reflection").sort(byDay),
    assessments: each(state, "assessment").sort(byDay),
    changed_at: state.newest,
  };
}

/** A view's members that a copy has, in the order in which they stand there. */
function as(kind: Kind, view: object): { [name: string]: Json } {
  const values = view as Copied;
  return Object.fromEntries(Object.entries(COPIED[kind] ?? {}).map(([name, nothing]) => [name, values[name] ?? nothing]));
}

/** Every entity of a kind that is not taken back. */
function each(state: State, kind: Kind): { [name: string]: Json }[] {
  return state.visible(kind).map((id) => {
    const found = state.entities.get(kind)?.get(id);
    return as(kind, { ...(state.fields(kind, id) as Copied), id, changed_at: found ? written(found).at : "" });
  });
}

function withLevels(state: State, one: { [name: string]: Json }): { [name: string]: Json } {
  const fields = state.fields("measure", text(one, "id"));
  const levels = LEVELS.map((level) => fields[level] ?? null);
  return { ...one, levels: levels.some(Boolean) ? levels : [] };
}
