/** What a therapist needs to know of one person's journal before a session. It looks at no answer and no number of theirs; pure. */

import { hlcMs } from "../core/clock";
import { isFresh, type State } from "../core/journal";
import type { Stamp } from "../core/register";
import { by, those } from "./entities";
import { instant } from "./moments";
import { nextSession, pastSessions, type Session } from "./sessions";

export interface Case {
  readonly next: Session | undefined;
  readonly last: Session | undefined;
  readonly topics: number;
  /** How many changes others wrote since the last session, and when the last of them was (milliseconds since 1970). */
  readonly news: number;
  readonly newest: number;
}

/** How the work together feels is nobody's business but who said it. */
const PRIVATE: ReadonlySet<string> = new Set(["alliance"]);

export function caseOf(state: State, own: string, on: string, now: number): Case {
  const last = pastSessions(state, on, now)[0];
  const since = last ? instant(last.start) : 0;
  const found = new Map<string, number>();
  for (const { device, n, actor, rankedAt } of stamps(state)) {
    const at = hlcMs(rankedAt);
    if (actor !== own && at >= since) found.set(`${device}.${n}`, at);
  }
  return {
    next: nextSession(state, on, now),
    last,
    topics: those(state, "topic", ({ status }) => (status || "open") === "open").size,
    news: found.size,
    newest: Math.max(0, ...found.values()),
  };
}

/** Every write that a state has. */
function* stamps(state: State): Iterable<Stamp> {
  for (const [kind, ofKind] of state.entities) {
    if (PRIVATE.has(kind)) continue;
    for (const found of ofKind.values()) {
      if (isFresh(found)) yield found.stamp;
      else for (const register of found.values()) yield* register.map(({ stamp }) => stamp);
    }
  }
}

/** Those with a session first, the next one first; then by name. */
export const byNextSession = by(({ next, title, id }: { next?: { start: string } | undefined; title: string; id: string }) => [next ? 0 : 1, next?.start ?? "", title, id]);
