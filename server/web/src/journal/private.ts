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
  if (!listening) {
    listening = true;
    journal.device.onChange(() => (heard.value += 1));
  }
  const found = known.value;
  if (found?.journal !== id || found.heard !== heard.value) void read(journal, id, heard.value);
  return found?.journal === id ? found : undefined;
}

async function read(journal: Journal, id: string, at: number): Promise<void> {
  const wanted = `${id} ${at}`;
  if (reading === wanted) return;
  reading = wanted;
  const { others, own } = await privateNow(journal, id);
  const state = own === undefined ? undefined : await journal.device.state(own);
  if (reading === wanted) known.value = { journal: id, heard: at, others, state };
}

/** Whether others read a journal, and the id of the one that is one's own alone, as things stand at this moment. */
export async function privateNow({ device, members }: Journal, id: string): Promise<{ others: boolean; own: string | undefined }> {
  const rows = await device.rows();
  const here = rows.find((row) => row.journal === id);
  const others = here !== undefined && (!here.private || members.peek().length > 1);
  return { others, own: others ? rows.find((row) => row.private && row.journal !== id)?.journal : here?.journal };
}

/** Writes into a journal that need not be the one on the screen, says so, and offers to undo it. Gives back whether it was kept. */
export async function actIn(journal: Journal, id: string, drafts: readonly Draft[], said: Key, undo: readonly Draft[]): Promise<boolean> {
  if (id === journal.id.value) {
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
