/** The sessions: the next one, what is meant for it, and those that were. */

import type { SessionsActs, SessionsPage } from "../../app/screens/sessions";
import type { Json } from "../../core/generated/payloads";
import type { State } from "../../core/journal";
import { newId } from "../../device/device";
import { given } from "../../views/fields";
import { daysAfter, nextSession, pastSessions, sessionsBetween } from "../../views/sessions";
import { act, carried } from "../acting";
import { actsOn } from "../acts";
import type { Journal } from "../journal";
import type { Draft } from "../refusing";
import { saidAfter, sessionShown, topicsShown } from "../shown";

const FAR_DAYS = 366;

export function sessions(journal: Journal): SessionsPage {
  const { state } = journal.seen.value;
  const [on, now] = [journal.today.value, Date.now()];
  const next = nextSession(state, on, now);
  const shown = {
    on,
    ...(next && { next: sessionShown(next) }),
    topics: topicsShown(journal, next),
    past: pastSessions(state, on, now).map((one) => ({ ...sessionShown(one), ...saidAfter(state, one.id) })),
  };
  return { shown, acts: { ...actsOn(journal), ...sessionsActs(journal) } };
}

function sessionsActs(journal: Journal): Pick<SessionsActs, "reflect"> {
  return carried<Pick<SessionsActs, "reflect">>({
    reflect: (session, words, takeaway) => {
      const id = newId();
      const fields = given<Record<string, Json>>({ id, session, on: journal.today.value, text: words || takeaway, takeaway: takeaway || undefined });
      return act(journal, (state) => [...writtenDown(state, session, journal.today.value), { type: "reflection.written", fields }], "done.reflection", () => [{ type: "reflection.retracted", fields: { id } }]);
    },
  });
}

/** An occurrence that nobody has touched yet is written down before something is said of it. */
function writtenDown(state: State, session: string, on: string): Draft[] {
  const found = sessionsBetween(state, daysAfter(on, -FAR_DAYS), daysAfter(on, FAR_DAYS)).find((one) => one.id === session);
  if (!found?.isGiven) return [];
  const { id, start, series, place, minutes } = found;
  const said = given<Record<string, Json>>({ place: place || undefined, minutes });
  return [{ type: "session.scheduled", fields: { id, start: { ...start }, original: { ...start }, series, ...said } }];
}
