/** The sessions: the next one, what is meant for it, those that come after it and those that were, and what comes again. */

import type { ComingShown, SessionsPage, SessionsShown } from "../../app/screens/sessions";
import type { State } from "../../core/journal";
import { given } from "../../views/fields";
import { instant } from "../../views/moments";
import { daysAfter, nextSession, sessionsBetween } from "../../views/sessions";
import { actsOn } from "../acts";
import type { Journal } from "../journal";
import { reflectionActs, reflectionsShown } from "../reflecting";
import { seriesActs, seriesShown } from "../series";
import { mayIn, sessionShown, topicsShown } from "../shown";

/** What comes again is shown for so long. */
const AHEAD_DAYS = 56;
const BACK_DAYS = 366;

export function sessions(journal: Journal): SessionsPage {
  const { state } = journal.seen.value;
  const [on, now] = [journal.today.value, Date.now()];
  const next = nextSession(state, on, now);
  const written = reflectionsShown(journal, () => undefined, (one) => one.session !== null);
  const begun = sessionsBetween(state, daysAfter(on, -BACK_DAYS), on).filter((one) => instant(one.start) < now).reverse();
  const past = begun.map(({ id, start, place, status }) =>
    given<SessionsShown["past"][number]>({
      id,
      start: start.at,
      place: place || undefined,
      status,
      reflections: written.filter((one) => one.words.about === `session ${id}`),
    }),
  );
  const shown = given<SessionsShown>({
    on,
    may: mayIn(journal),
    next: next && sessionShown(next),
    topics: topicsShown(journal, next),
    coming: comingShown(state, on, now, next?.id),
    series: seriesShown(state, on, now),
    past,
  });
  return { shown, acts: { ...actsOn(journal), ...reflectionActs(journal), ...seriesActs(journal) } };
}

/** What comes after the next one, and what was called off. */
function comingShown(state: State, on: string, now: number, next: string | undefined): ComingShown[] {
  const found = sessionsBetween(state, daysAfter(on, -1), daysAfter(on, AHEAD_DAYS)).filter((one) => instant(one.start) >= now && one.id !== next);
  return found.map((one) => ({ ...sessionShown(one), status: one.status }));
}
