/** What was written in one journal, written over into another: under the names that are next there; pure. */

import type { Event } from "../core/envelope";
import type { State } from "../core/journal";
import { retargeted } from "../core/redaction";
import { unsaid } from "../core/writing";

/** The same events as `device` appends them; what redactions among them take out goes by its new name. */
export function writtenOver(
  state: State,
  { device, actor }: { readonly device: string; readonly actor: string },
  events: readonly Event[],
): Event[] {
  const names = new Map<string, [device: string, n: number]>();
  let n = state.counter(device);
  return events.map((event, at) => {
    n += 1;
    const { seq: _, received_at: __, merge_hlc: ___, receipt: ____, ...again } = retargeted(event, (d, m) => names.get(`${d}.${m}`));
    names.set(`${event.device}.${event.n}`, [device, n]);
    return { ...again, device, n, actor, seen: at === 0 ? unsaid(state, device) : {} };
  });
}
