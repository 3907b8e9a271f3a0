/**
 * The journal that is a person's own alone: what is nobody else's business is written there, even where the journal on the
 * screen is one that others read.
 */

import { signal } from "@preact/signals";

import { done } from "../app/toasts";
import { say, type Key } from "../app/words/words";
import type { State } from "../core/journal";
import { inWords } from "./acting";
import type { Journal } from "./journal";
import type { Draft } from "./refusing";

/** Where something private goes. */
export interface Private {
  /** Others read the journal on the screen. */
  readonly others: boolean;
  /** The private journal, which may be the one on the screen; undefined where this device has none. */
  readonly state: State | undefined;
}

interface Known extends Private {
  readonly journal: string;
  /** How often anything changed that this was read from. */
  readonly heard: number;
}

const known = signal<Known | undefined>(undefined);
const heard = signal(0);
let listening = false;
let reading = "";

/** What is known of it; undefined until that is read. */
export function privateOf(journal: Journal): Private | undefined {
  const { journal: id } = journal.seen.value.state;
  const members = journal.members.value.length;
  if (!listening) {
    listening = true;
    journal.device.onChange(() => (heard.value += 1));
  }
  const found = known.value;
  if (found?.journal !== id || found.heard !== heard.value) void read(journal, id, members, heard.value);
  return found?.journal === id ? found : undefined;
}

async function read({ device }: Journal, journal: string, members: number, at: number): Promise<void> {
  const wanted = `${journal} ${at}`;
  if (reading === wanted) return;
  reading = wanted;
  const rows = await device.rows();
  const here = rows.find((row) => row.journal === journal);
  const others = here !== undefined && (!here.private || members > 1);
  const own = others ? rows.find((row) => row.private && row.journal !== journal)?.journal : here?.journal;
  const state = own === undefined ? undefined : await device.state(own);
  if (reading === wanted) known.value = { journal, heard: at, others, state };
}

/** Writes into a journal that need not be the one on the screen, says so, and offers to undo it. Gives back whether it was kept. */
export async function actIn(journal: Journal, id: string, drafts: readonly Draft[], said: Key, undo: readonly Draft[]): Promise<boolean> {
  if (!id || id === journal.id.value) {
    const refused = await journal.write(() => drafts);
    if (refused) {
      done(refused.message);
      return false;
    }
  } else {
    await journal.device.append(id, drafts);
    journal.link.soon();
  }
  done(say(said), () => void actIn(journal, id, undo, "toast.undone", []).catch((error: unknown) => done(inWords(error))));
  return true;
}
