/** What tests in Python ask of the browser's files: a copy of a journal, and what bringing one in comes to. */

import { HybridClock } from "../../server/web/src/core/clock";
import { encodeEvent } from "../../server/web/src/core/envelope";
import type { State } from "../../server/web/src/core/journal";
import { writeDrafts } from "../../server/web/src/core/writing";
import { planned, readCopy, takenBack } from "../../server/web/src/journal/bringing";
import { copyOf } from "../../server/web/src/views/copying";

const DEVICE = "dddddddd-dddd-4ddd-8ddd-0000000000f0";

/** Writes what is made of a state, and gives back the events. */
function wrote(state: State, drafts: Parameters<typeof writeDrafts>[2]): string[] {
  const clock = new HybridClock(state.newest || "000000000000000", () => 0);
  const pen = { device: DEVICE, actor: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", clock, salt: () => "0000000000000000" };
  return writeDrafts(state, pen, drafts).map(encodeEvent);
}

export const files = (stateOf: (journal: string, log: string) => State) => ({
  copy: (journal: string, log: string) => copyOf(stateOf(journal, log)),
  bring: (journal: string, log: string, body: string, on: string, again: boolean) => {
    const state = stateOf(journal, log);
    const { drafts, ...plan } = planned(state, readCopy(body), on);
    return [plan, wrote(state, again ? [...plan.gone.map((one) => one.again), ...drafts] : drafts)];
  },
  takeOut: (journal: string, log: string, body: string, on: string) => {
    const state = stateOf(journal, log);
    return wrote(state, takenBack(planned(state, readCopy(body), on).brought));
  },
});
