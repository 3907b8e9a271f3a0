/** One session, as it is written down or as its series gives it. */

import type { OneSessionActs, OneSessionPage, OneSessionShown } from "../../app/screens/session";
import { given } from "../../views/fields";
import { carried } from "../acting";
import { allianceActs, allianceShown } from "../alliances";
import type { Journal } from "../journal";
import { reflectionActs, reflectionsShown } from "../reflecting";
import { sessionActs, wordsOf, zoneOf } from "../session_acts";
import { sessionOf } from "../sessions_known";
import { mayIn } from "../shown";

export function session(journal: Journal, id: string): OneSessionPage | null | undefined {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const found = sessionOf(state, id, on);
  if (!found) return null;
  const { start, place, minutes, status } = found;
  const alliance = allianceShown(journal, id);
  if (!alliance) return undefined;
  const reflections = reflectionsShown(journal, () => undefined, (one) => one.session === id);
  return {
    shown: given<OneSessionShown>({
      on, id, status, minutes, reflections,
      may: mayIn(journal),
      start: start.at,
      zone: start.time_zone === zoneOf(state) ? undefined : start.time_zone,
      place: place || undefined,
      hasCome: start.at.slice(0, 10) <= on,
      words: wordsOf(found),
      alliance,
    }),
    acts: { ...carried<Pick<OneSessionActs, "moveSession" | "turnSession">>(sessionActs(journal)), ...reflectionActs(journal), ...allianceActs(journal) },
  };
}
