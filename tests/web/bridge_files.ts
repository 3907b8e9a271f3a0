/** What tests in Python ask of the browser's files: a copy of a journal, and what bringing one in comes to. */

import type { State } from "../../server/web/src/core/journal";
import { copyOf } from "../../server/web/src/views/copying";

export const files = (stateOf: (journal: string, log: string) => State) => ({
  copy: (journal: string, log: string) => copyOf(stateOf(journal, log)),
});
