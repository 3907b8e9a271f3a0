/**
 * A journal's check-ins in the order of their days; pure. Nearly all of a long journal is check-ins, so they are read
 * once for each change.
 */

import type { Checkin } from "../core/generated/views";
import type { State } from "../core/journal";
import { by, every } from "./entities";

interface Diary {
  readonly changes: number;
  readonly ordered: readonly Checkin[];
  readonly about: ReadonlyMap<string | null, readonly Checkin[]>;
}

const DIARIES = new WeakMap<State, Diary>();

/** All of them, the earliest first. */
export function checkins(state: State): readonly Checkin[] {
  return diaryOf(state).ordered;
}

/** Those about one goal, milestone or practice, or (null) about nothing in particular, the earliest first. */
export function checkinsAbout(state: State, subject: string | null): readonly Checkin[] {
  return diaryOf(state).about.get(subject) ?? [];
}

function diaryOf(state: State): Diary {
  const known = DIARIES.get(state);
  if (known?.changes === state.changes) return known;
  const ordered = every(state, "checkin").sort(by(({ on, changed_at, id }) => [on, changed_at, id]));
  const about = new Map<string | null, Checkin[]>();
  for (const one of ordered) {
    const ours = about.get(one.subject);
    if (ours) ours.push(one);
    else about.set(one.subject, [one]);
  }
  const made = { changes: state.changes, ordered, about };
  DIARIES.set(state, made);
  return made;
}
