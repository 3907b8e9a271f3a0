/**
 * Where the answers of the ending page are kept: each is a reflection, under an id that every device works out alike. So there
 * is one of each, a terminal shows them among all others, and nothing new had to be taught to anybody.
 */

import { ENDING_PARTS, type EndingPart } from "../app/parts/endings";
import { isUuid, nameIn } from "../views/names";

/** The id of the reflection that answers a part. */
export function endingId(journal: string, part: EndingPart): string {
  return isUuid(journal) ? nameIn(journal, `ending ${part}`) : "";
}

/** The part that a reflection answers. */
export function endingPartOf(journal: string): (reflection: string) => EndingPart | undefined {
  const parts = new Map(ENDING_PARTS.map((part) => [endingId(journal, part), part]));
  return (reflection) => parts.get(reflection);
}
