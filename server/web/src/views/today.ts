/**
 * What one local day holds: what comes again on it, and what is near; names nothing that is not due. While somebody
 * rests, nothing is suggested: topics, which they set up themselves, stay to be seen.
 */

import { UNTITLED, type Practice, type Rest } from "../core/generated/views";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { checkinsAbout } from "./checkins";
import { numberOf, textOf } from "./days";
import { by, own, practices, those } from "./entities";
import { occurrences } from "./recurrence";

const NEAR_DAYS = 14;
/** Statuses of a goal in which nothing of it is asked. */
const PUT_AWAY: ReadonlySet<unknown> = new Set(["later", "paused", "let_go", "ended"]);

/** A practice that comes on this day. `done`: somebody checked in on it for this occurrence. */
export interface Due {
  readonly id: string;
  readonly title: string;
  readonly minutes: number | null;
  readonly goal: string | null;
  readonly done: boolean;
}

/** A goal or step with a date; `days` counts from the day that is asked about, below 0 where it lies behind. */
export interface Near {
  readonly kind: "goal" | "milestone";
  readonly id: string;
  readonly title: string;
  readonly due: string;
  readonly days: number;
}

export interface Today {
  readonly on: string;
  readonly resting: boolean;
  readonly resting_until: string | null;
  readonly practices: readonly Due[];
  readonly near: readonly Near[];
  readonly topics_open: number;
}

/** What a day holds, by its number. */
export function today(state: State, day: number): Today {
  const rest = own(state, "rest");
  const isResting = covers(rest, textOf(day));
  return {
    on: textOf(day),
    resting: isResting,
    resting_until: isResting ? rest.until : null,
    practices: isResting ? [] : duePractices(state, day),
    near: isResting ? [] : near(state, day),
    topics_open: those(state, "topic", ({ status }) => (status || "open") === "open").size,
  };
}

/** Whether a rest covers a local day, its last one included. */
export function covers(rest: Rest, on: string): boolean {
  return rest.resting && (rest.on ?? "") <= on && (rest.until === null || on <= rest.until);
}

/** The active practices, the first begun first; those of a goal that is put away are not asked for. */
export function practicesAsked(state: State): Practice[] {
  const away = those(state, "goal", ({ status }) => PUT_AWAY.has(status));
  return practices(state).filter(({ status, goal }) => status === "active" && !away.has(goal ?? ""));
}

function duePractices(state: State, day: number): Due[] {
  const isDue = ({ start, recurrence }: Practice) => {
    const begin = numberOf(start);
    return begin !== undefined && occurrences(recurrence, begin, day, day).length > 0;
  };
  return practicesAsked(state)
    .filter(isDue)
    .map(({ id, title, minutes, goal }) => {
      const done = checkinsAbout(state, id).some(({ occurrence, on }) => (occurrence || on) === textOf(day));
      return { id, title, minutes, goal, done };
    });
}

/** Active goals and their open steps that are due within two weeks, the soonest first; then those past their date. */
function near(state: State, day: number): Near[] {
  const goals = those(state, "goal", ({ status }) => (status || "active") === "active");
  const steps = those(
    state,
    "milestone",
    ({ status, goal }) => (status || "planned") === "planned" && goals.has(goal as string),
  );
  const found = [
    ...[...goals].map(([id, fields]) => nearOf("goal", id, fields, day)),
    ...[...steps].map(([id, fields]) => nearOf("milestone", id, fields, day)),
  ];
  return found
    .filter((one) => one !== undefined)
    .sort(by(({ days, title, id }) => [days < 0 ? 1 : 0, Math.abs(days), title, id]));
}

function nearOf(kind: Near["kind"], id: string, { due, title }: Fields, day: number): Near | undefined {
  const text = typeof due === "string" ? due : ((due as { at: string } | null | undefined)?.at.slice(0, 10) ?? "");
  const days = (numberOf(text) ?? Infinity) - day;
  return days <= NEAR_DAYS ? { kind, id, title: (title as string) || UNTITLED, due: text, days } : undefined;
}
