/** What is said of connections wherever they are shown: what they are to, how they stand, and what they may see. */

import { begun, momentWords } from "../words/days";
import { isKey, say } from "../words/words";
import type { HowItStands, SCOPES } from "./connections_shown";

/** What a connection is to, by name: what comes with Milepost has one in the reader's language. */
export function nameOf(to: string): string {
  const key = `connects.${to}`;
  return isKey(key) ? say(key) : begun(to);
}

/** What it does, else its author's words. */
export function offerWords(to: string, title: string): string {
  const key = `connects_words.${to}`;
  return isKey(key) ? say(key) : title;
}

/** How a connection stands, in plain words. */
export function Stands({ stands }: { stands: HowItStands }) {
  const { state, why, success, behind, letters } = stands;
  const again = stands.next ? momentWords(stands.next) : "";
  return (
    <>
      <p>{say(`stands.${state}`)}</p>
      {why && <p class="quiet">{state === "trouble" && again ? say("stands.why_again", { words: why, when: again }) : say("stands.why", { words: why })}</p>}
      {success && <p class="quiet">{say("stands.success", { when: momentWords(success) })}</p>}
      {behind > 0 && state !== "new" && <p class="quiet">{say("stands.behind", { n: behind })}</p>}
      {letters > 0 && <p>{say("stands.letters", { n: letters })}</p>}
    </>
  );
}

/** A kind of thing in a journal, by name. */
export function kindWords(kind: string): string {
  const key = `thing.${kind}`;
  return isKey(key) ? say(key) : kind;
}

/** A part of what leaves, by name. */
export function partWords(part: string): string {
  const key = `leaves.${part}`;
  return isKey(key) ? say(key) : begun(part.replaceAll("_", " "));
}

type Scope = (typeof SCOPES)[number];

/** What a scope is called. */
export function scopeWords(of: string): string {
  const scope = of as Scope;
  return say(`scope.${scope}`);
}

/** What a scope lets out. */
export function scopeMeans(of: string): string {
  const scope = of as Scope;
  return say(`scope_means.${scope}`);
}
