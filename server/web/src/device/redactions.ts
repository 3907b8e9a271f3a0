/** Which redactions there are among events; pure. */

import type { Event } from "../core/envelope";
import type { RedactionMade } from "../core/generated/payloads";
import { redactionOf } from "../core/redaction";

export function redactionsAmong(events: readonly Event[]): RedactionMade[] {
  return events.map(redactionOf).filter((of): of is RedactionMade => of !== undefined);
}
