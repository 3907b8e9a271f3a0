/** What the screens are shown where there is nothing yet: empty pages, and acts that nobody carries out. */

import type { Shown } from "./app";
import type { Acts } from "./screens/acts";
import type { Day } from "./screens/shown";

/** Everything empty, on one day. */
export function nothing(on: Day): Shown {
  return {
    standing: () => ({ online: navigator.onLine, paired: false, unsent: 0 }),
    today: () => ({ on, subjects: [], practices: [], near: [], topics: [], toSettle: 0, proposals: 0 }),
    goals: () => ({ on, active: [], later: [], past: [] }),
    goal: () => null,
    goalForm: () => null,
    sessions: () => ({ on, topics: [], past: [] }),
    brief: () => null,
    together: () => ({ members: [], proposals: [] }),
    conflicts: () => ({ on, conflicts: [], elsewhere: 0 }),
    plan: () => ({}),
    settings: () => ({ language: "", theme: "system", timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, discreet: false, region: "" }),
    help: () => ({ plan: {}, region: "", lines: [], asOf: on }),
    connect: () => ({ paired: false, code: "", trouble: "", signedOut: false }),
  };
}

const ignored = (): void => {};
const kept = (): Promise<boolean> => Promise.resolve(true);

export const NO_ACTS: Acts = {
  checkIn: kept, practised: ignored, bring: kept, dropTopic: ignored, moveGoal: ignored, setStatus: ignored,
  keepGoal: kept, addStep: kept, reachStep: ignored, askHint: ignored, keepPlan: kept, reflect: kept, settle: kept,
  decide: ignored, lookBack: kept, set: ignored, rest: ignored, syncNow: ignored, connect: () => Promise.resolve(""),
};

/** The local day of a moment. */
export function dayOf(moment: Date): Day {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
