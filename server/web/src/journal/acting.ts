/** How acts are carried out: written at once, said in a word, and undone from there. */

import { done } from "../app/toasts";
import { say, type Key } from "../app/words/words";
import { TooLong } from "../core/errors";
import type { State } from "../core/journal";
import type { Journal, Where } from "./journal";
import type { Draft } from "./refusing";

/** Drafts, made of the state that they come on top of. */
export type Made = (state: State) => readonly Draft[];

/**
 * Writes, says so, and then offers to undo it by what `back` writes, made of the state before: where it was written, whichever
 * journal is open by then; `undone` comes after that. Gives back whether it was kept.
 */
export async function act(journal: Journal, made: Made, said: Key, back?: Made, where: Where = "open", undone?: () => void): Promise<boolean> {
  let undo: readonly Draft[] = [];
  const into = await journal.placeFor(where);
  const refused = await journal.write((state) => {
    const drafts = made(state);
    undo = back?.(state) ?? [];
    return drafts;
  }, into);
  if (refused) {
    done(refused.message);
    return false;
  }
  const takeBack = (): void => {
    void journal.write(() => undo, into);
    undone?.();
  };
  done(say(said), undo.length ? takeBack : null);
  return true;
}

/** Acts that say why one could not be carried out; that one gives back false. */
export function carried<Acts>(acts: { [Name in keyof Acts]: Acts[Name] extends (...given: infer Given) => unknown ? (...given: Given) => unknown : never }, words = inWords): Acts {
  const noted = (error: unknown): false => {
    done(words(error));
    return false;
  };
  const safe = Object.entries(acts).map(([name, carryOut]) => {
    const carry = carryOut as (...given: never[]) => unknown;
    return [name, (...given: never[]) => new Promise((go) => go(carry(...given))).catch(noted)];
  });
  return Object.fromEntries(safe) as Acts;
}

/** Why something did not work, for a person. */
export function inWords(error: unknown): string {
  if (error instanceof TooLong) return say("refused.too_long", { n: error.length, most: error.most });
  return error instanceof Error ? error.message : String(error);
}

