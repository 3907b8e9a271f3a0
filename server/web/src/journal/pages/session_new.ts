/** A new session: it begins with nothing but today. */

import type { NewSessionActs, NewSessionPage } from "../../app/screens/session_new";
import { carried } from "../acting";
import type { Journal } from "../journal";
import { addSession } from "../session_acts";

export function sessionNew(journal: Journal): NewSessionPage | null {
  if (!journal.rights.value.talk) return null;
  const acts = carried<NewSessionActs>({ addSession: (words) => addSession(journal, words) });
  return { shown: { words: { day: "", time: "", minutes: "", place: "", every: "" } }, acts };
}
