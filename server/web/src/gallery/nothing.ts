/** What the screens are shown where there is nothing yet: empty pages, and acts that nobody carries out. */

import type { Shown } from "../app/app";
import type { Acts } from "../app/screens/acts";
import type { Leaving } from "../app/screens/connections_shown";
import { NO_WORDS, type Day } from "../app/screens/shown";

const ignored = (): void => {};
const kept = (): Promise<boolean> => Promise.resolve(true);

export const NO_ACTS: Acts = {
  checkIn: kept, practised: ignored, bring: kept, dropTopic: ignored, moveGoal: ignored, setStatus: ignored, addStep: kept,
  reachStep: ignored, askHint: ignored, lookBack: kept, chooseRegion: ignored,
};
export const NO_PAGE_ACTS = {
  ...NO_ACTS, keepGoal: kept, keepPlan: kept, reflect: kept, settle: kept, decide: ignored, set: ignored, rest: ignored, syncNow: ignored,
  connect: () => Promise.resolve(""), anotherDevice: () => Promise.resolve(""), noted: ignored,
};

/** A page with what it is shown; each act of it is one that nobody carries out. */
export const page = <S, A = typeof NO_PAGE_ACTS>(shown: S, acts: A = NO_PAGE_ACTS as A): { shown: S; acts: A } => ({ shown, acts });

/** Nobody is asked, so nothing would leave. */
export const CALENDAR_ACTS = {
  makeFeed: () => Promise.resolve(""), changeFeed: () => Promise.resolve(""), rotateFeed: kept, endFeed: kept, noted: ignored,
  connect: () => Promise.resolve(null), leaving: (): Promise<readonly Leaving[] | string> => Promise.resolve([]),
  check: () => Promise.resolve({ ok: true, words: "" }), steer: kept, decide: kept, change: () => Promise.resolve(null), end: kept,
};

/** Everything empty, on one day. */
export function nothing(on: Day): Shown {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    standing: () => ({ online: navigator.onLine, paired: false, unsent: 0, discreet: false }),
    today: () => ({ on, subjects: [], practices: [], near: [], topics: [], toSettle: 0, proposals: 0 }),
    goals: () => ({ on, active: [], later: [], past: [] }),
    goal: () => null,
    help: () => ({ plan: {}, region: "", lines: [], asOf: on }),
    pages: {
      goalForm: () => page({ words: NO_WORDS }),
      sessions: () => page({ on, topics: [], past: [] }),
      brief: () => null,
      together: () => page({ members: [], proposals: [] }),
      conflicts: () => page({ on, conflicts: [], elsewhere: 0 }),
      plan: () => page({}),
      calendar: () => page({ paired: false, isEmpty: true, trouble: "", goals: [] }, CALENDAR_ACTS),
      connectionNew: () => page({ paired: false, trouble: "" }, CALENDAR_ACTS),
      connection: (id) => page({ id, paired: false, trouble: "" }, CALENDAR_ACTS),
      settings: () => page({ language: "", theme: "system", timeZone, discreet: false, region: "" }),
      connect: () => page({ paired: false, code: "", trouble: "", signedOut: false }),
    },
  };
}
