/** A form writes over nothing that nobody was shown. */

import { say } from "../app/words/words";
import { Refusal } from "./refusing";

/** Refuses where one of the fields that are to be written was changed after somebody looked. */
export function refuseUnseen<Words>(fields: readonly (keyof Words)[], now: Words, seen: Words): void {
  if (fields.some((field) => now[field] !== seen[field])) throw new Refusal(say("refused.meanwhile"));
}
