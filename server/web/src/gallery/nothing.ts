/** What the screens are shown where there is nothing yet: empty pages, and acts that nobody carries out. */

import type { Shown } from "../app/app";
import type { Acts } from "../app/screens/acts";
import { NO_WORDS, type Day } from "../app/screens/shown";

const ignored = (): void => {};
const kept = (): Promise<boolean> => Promise.resolve(true);

export const NO_ACTS: Acts = {
  checkIn: kept, practised: ignored, bring: kept, dropTopic: ignored, moveGoal: ignored, setStatus: ignored, addStep: kept,
  reachStep: ignored, askHint: ignored, lookBack: kept, chooseRegion: ignored,
};
export const NO_PAGE_ACTS = {
  ...NO_ACTS, keepGoal: kept, askExamples: ignored, copy: () => ({ name: "", body: "" }), look: () => Promise.resolve(""), bringIn: kept, takeOut: kept, putAside: ignored, bringForm: () => Promise.resolve(""), forgetForm: ignored, keepForm: kept, takeBack: ignored, keepPlan: kept, reflect: kept, settle: kept, decide: ignored, set: ignored, rest: ignored, syncNow: ignored,
  connect: () => Promise.resolve(""),
};

/** A page with what it is shown; each act of it is one that nobody carries out. */
export const page = <S>(shown: S): { shown: S; acts: typeof NO_PAGE_ACTS } => ({ shown, acts: NO_PAGE_ACTS });

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
      settings: () => page({ language: "", theme: "system", timeZone, discreet: false, region: "" }),
      files: () => page({ isEmpty: true }),
      questionnaires: () => page({ on, lines: [] }),
      questionnaire: () => null,
      connect: () => page({ paired: false, code: "", trouble: "", signedOut: false }),
    },
  };
}
