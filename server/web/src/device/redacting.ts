/** Redactions that are to be said again; pure. */

import type { Draft } from "../core/checking";
import { isOf, type Event } from "../core/envelope";
import type { Json } from "../core/generated/payloads";
import { redactionsIn, type State } from "../core/journal";
import { isObject, parsePayload } from "../core/json";
import { REDACTION } from "../core/redaction";

/**
 * Redactions that are lost themselves, said again: of events that have lost words, and that none in the state is of. Without
 * them, who still has the words would never hear that they were taken out.
 */
export function redactAgain(state: State, wordless: readonly Event[], newId: () => string): Draft[] {
  const known = redactionsIn(state);
  return wordless
    .filter((event) => !known.some((of) => isOf(of, event)))
    .map((event) => [event, emptyIn(parsePayload(event.data ?? ""))] as const)
    .filter(([, fields]) => fields.length > 0)
    .map(([{ device, n, data_digest = "" }, fields]) => ({
      type: REDACTION,
      fields: { id: newId(), device, n, digest: data_digest, fields },
    }));
}

/** The fields that hold nothing, those of a change that is proposed or agreed to included. */
function emptyIn(payload: Json | undefined): string[] {
  if (!isObject(payload)) return [];
  const found = new Set(Object.keys(payload).filter((name) => payload[name] === null));
  for (const change of [payload["change"], payload["accepted"]]) {
    if (isObject(change)) emptyIn(change["fields"]).forEach((name) => found.add(name));
  }
  return [...found].sort();
}
