/** How the goals began, and how each was first put: read off the log when somebody asks, and anew when the journal changed. */

import { signal } from "@preact/signals";

import { decodeEvent } from "../core/envelope";
import { firstWrites, type First } from "../views/then_now";
import type { Journal } from "./journal";

interface Began {
  readonly journal: string;
  readonly changes: number;
  readonly goals: ReadonlyMap<string, First>;
}

/** Of all events, those that may write to a goal. */
const OF_GOALS = /"type":"(?:goal\.|proposal\.decided)/;

const known = signal<Began | undefined>(undefined);
let reading = "";

/** Goal → how it began; undefined until it is read. While a newer reading is on its way, what was read before. */
export function goalsBegan(journal: Journal): ReadonlyMap<string, First> | undefined {
  const { journal: id, changes } = journal.seen.value.state;
  const found = known.value?.journal === id ? known.value : undefined;
  if (found?.changes !== changes) void read(journal, id, changes);
  return found?.goals;
}

async function read({ device }: Journal, journal: string, changes: number): Promise<void> {
  const wanted = `${journal} ${changes}`;
  if (reading === wanted) return;
  reading = wanted;
  const texts = journal ? await device.eventsAbout(journal, '"type":"') : [];
  const goals = firstWrites(texts.filter((text) => OF_GOALS.test(text)).map(decodeEvent), journal, "goal");
  if (reading === wanted) known.value = { journal, changes, goals };
}
