/** What the screens are shown where there is nothing yet: empty pages, and acts that nobody carries out. */

import type { Shown } from "../app/app";
import type { Acts } from "../app/screens/acts";
import type { Leaving } from "../app/screens/connections_shown";
import { NO_WORDS, type Day } from "../app/screens/shown";
import type { TogetherShown } from "../app/screens/together";

const ignored = (): void => {};
const kept = (): Promise<boolean> => Promise.resolve(true);

export const NO_ACTS: Acts = {
  checkIn: kept, practised: ignored, notPractised: ignored, bring: kept, dropTopic: ignored, moveGoal: ignored, setStatus: ignored, addStep: kept,
  reachStep: ignored, askHint: ignored, lookBack: kept, chooseRegion: ignored,
};
/** Acts of pages that give back something else than whether it was kept, or are played. */
export const PLAYED: Record<string, (...given: never[]) => unknown> = {
  connect: () => Promise.resolve(""),
  look: () => Promise.resolve(""),
  bringForm: () => Promise.resolve(""),
  copy: () => ({ name: "", body: "" }),
  anotherDevice: () => Promise.resolve(""),
  join: () => Promise.resolve(""),
};

/** A page with what it is shown; each act of it is one that nobody carries out. */
export const page = <S, A = never>(shown: S, acts = new Proxy({}, { get: (_, name) => PLAYED[String(name)] ?? kept }) as A) => ({ shown, acts });
/** Nobody is asked, so nothing would leave. */
export const CALENDAR_ACTS = {
  makeFeed: () => Promise.resolve(""), changeFeed: () => Promise.resolve(""), rotateFeed: kept, endFeed: kept, noted: ignored,
  connect: () => Promise.resolve(null), leaving: (): Promise<readonly Leaving[] | string> => Promise.resolve([]),
  check: () => Promise.resolve({ ok: true, words: "" }), steer: kept, decide: kept, change: () => Promise.resolve(null), end: kept,
};

/** A journal in which nobody else is, and nothing. */
export function nobodyElse(on: Day): TogetherShown {
  const reads = { kinds: [], goals: [], changes: 1, hidden: [] };
  return { on, title: "", isPrivate: true, paired: false, role: "owner", members: [], reads, allowed: false, invitations: [], trouble: "", proposals: [], answered: [] };
}

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
      goalEdits: () => null,
      goalForm: () => page({ words: NO_WORDS }),
      sessions: () => page({ on, topics: [], coming: [], series: [], past: [] }),
      session: () => null,
      sessionNew: () => page({ words: { day: "", time: "", minutes: "", place: "", every: "" } }),
      reflections: () => page({ on, reflections: [], abouts: { goals: [], sessions: [] } }),
      brief: () => null,
      ending: () => page({ on, own: {}, helps: [], plan: {}, takeaways: [], thenNow: [], goals: [] }),
      timeline: () => page({ on, entries: [], hasEarlier: false }),
      together: () => page(nobodyElse(on)),
      join: () => page({ on, code: "", paired: false, wrong: "" }),
      journals: () => page({ journals: [] }),
      refused: () => page({ on, entries: [] }),
      caseload: () => page({ on, cases: [] }),
      devices: () => page({ on, paired: false, log: [], trouble: "" }),
      conflicts: () => page({ on, conflicts: [], elsewhere: 0 }),
      plan: () => page({}),
      calendar: () => page({ paired: false, isEmpty: true, trouble: "", goals: [] }, CALENDAR_ACTS),
      connectionNew: () => page({ paired: false, trouble: "" }, CALENDAR_ACTS),
      connection: (id) => page({ id, paired: false, trouble: "" }, CALENDAR_ACTS),
      settings: () => page({ language: "", theme: "system", timeZone, discreet: false, region: "" }),
      files: () => page({ isEmpty: true }),
      questionnaires: () => page({ on, lines: [] }),
      questionnaire: () => null,
      connect: () => page({ paired: false, code: "", trouble: "", signedOut: false }),
    },
  };
}
