/** How goals were first put and how they are put now, and the first and latest words about them; pure. */

import { hlcMs } from "../core/clock";
import { rankedAt, type Event } from "../core/envelope";
import type { Json } from "../core/generated/payloads";
import { UNTITLED } from "../core/generated/views";
import type { State } from "../core/journal";
import { checkinsAbout } from "./checkins";
import { by, every, those } from "./entities";
import { partsOf } from "./history";

/** The fields of a goal that are a person's own words. */
export const WORDINGS = ["title", "looks_like", "why", "helps"] as const;

/** When the first write to an entity was made (merge clock, milliseconds since 1970), and the first of each field. */
export interface First {
  readonly at: number;
  readonly values: ReadonlyMap<string, Json>;
}

/** Something written down on a local day, as it reads now. */
export interface Words {
  readonly on: string;
  readonly kind: "checkin" | "reflection";
  readonly id: string;
  readonly text: string;
}

/** One of a goal's texts: as it was first written, and as it is; null where there is none. */
export interface Wording {
  readonly field: (typeof WORDINGS)[number];
  readonly then: Json;
  readonly now: Json;
}

/** One goal, or (`goal` null) what was written about nothing in particular. `latest` is null where one thing was written. */
export interface ThenNow {
  readonly goal: string | null;
  readonly title: string;
  readonly wordings: readonly Wording[];
  readonly first: Words | null;
  readonly latest: Words | null;
}

/** The entities of a kind → how each began. Values of null are passed over; first means by the merge clock. */
export function firstWrites(events: Iterable<Event>, journal: string, kind: string): Map<string, First> {
  const ranked = [...events].sort(by((event) => [rankedAt(event), event.device, event.n]));
  const found = new Map<string, { at: number; values: Map<string, Json> }>();
  for (const event of ranked) {
    for (const [ofKind, id, fields] of partsOf(journal, event)) {
      if (ofKind !== kind) continue;
      const one = found.get(id) ?? { at: hlcMs(rankedAt(event)), values: new Map<string, Json>() };
      found.set(id, one);
      for (const [name, value] of Object.entries(fields)) {
        if (value !== null && !one.values.has(name)) one.values.set(name, value);
      }
    }
  }
  return found;
}

/**
 * Then and now of every goal, in the person's own order; last, what was written without a goal. Goals whose texts stayed and
 * about which nothing was written are left out. Where a goal has an owner, the words are theirs.
 */
export function thenNow(state: State, began: ReadonlyMap<string, First>): ThenNow[] {
  const goals = [...those(state, "goal", () => true)].sort(by(([id, { rank }]) => [(rank as string) || "~", id]));
  const owners = new Map<string | null, Json>([[null, null], ...goals.map(([id, { owner }]): [string, Json] => [id, owner ?? null])]);
  const words = wordsAbout(state, owners);
  const found = goals.map(([id, fields]): ThenNow => {
    const then = began.get(id)?.values;
    const wordings = WORDINGS.map((field) => ({ field, then: then?.get(field) ?? null, now: fields[field] ?? null }));
    const title = (fields["title"] as string) || UNTITLED;
    return { goal: id, title, wordings: wordings.filter((one) => one.then !== one.now), ...ends(words.get(id)) };
  });
  return [...found, { goal: null, title: "", wordings: [], ...ends(words.get(null)) }].filter((one) => one.wordings.length || one.first);
}

type Said = readonly [place: readonly string[], words: Words];

/** Goal (null: none) → what was written about it, by whoever's goal it is. */
function wordsAbout(state: State, owners: ReadonlyMap<string | null, Json>): Map<string | null, Said[]> {
  const found = new Map<string | null, Said[]>();
  for (const [subject, owner] of owners) {
    const noted = checkinsAbout(state, subject).filter(({ note, actor }) => note && (!owner || owner === actor));
    found.set(subject, noted.map(({ on, id, note, changed_at }) => [[on, changed_at, id], { on, kind: "checkin", id, text: note ?? "" }]));
  }
  for (const { on, id, text, goal, actor, changed_at } of every(state, "reflection")) {
    const owner = owners.get(goal);
    if (text && (owner === null || owner === actor)) found.get(goal)?.push([[on, changed_at, id], { on, kind: "reflection", id, text }]);
  }
  return found;
}

function ends(said: readonly Said[] = []): Pick<ThenNow, "first" | "latest"> {
  const inOrder = [...said].sort(by(([place]) => place));
  const [first, latest] = [inOrder[0]?.[1], inOrder.at(-1)?.[1]];
  return { first: first ?? null, latest: latest && latest.id !== first?.id ? latest : null };
}
