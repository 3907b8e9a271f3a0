/** The sessions: the next one, what is meant for it, those that come after it and those that were, and what comes again. */

import type { ComingShown, SeriesActs, SeriesShown, SessionsPage, SessionsShown } from "../../app/screens/sessions";
import { rhythmWords } from "../../app/words/rhythms";
import type { State } from "../../core/journal";
import { by, those } from "../../views/entities";
import { given, text } from "../../views/fields";
import { instant, type Zoned } from "../../views/moments";
import { daysAfter, nextSession, pastSessions, sessionsBetween } from "../../views/sessions";
import { act, carried } from "../acting";
import { actsOn } from "../acts";
import type { Journal } from "../journal";
import { reflectionActs, reflectionsShown } from "../reflecting";
import { mayIn, sessionShown, topicsShown } from "../shown";

/** What comes again is shown for so long. */
const AHEAD_DAYS = 56;

export function sessions(journal: Journal): SessionsPage {
  const { state } = journal.seen.value;
  const [on, now] = [journal.today.value, Date.now()];
  const next = nextSession(state, on, now);
  const written = reflectionsShown(journal, () => undefined, (one) => one.session !== null);
  const past = pastSessions(state, on, now).map(({ id, start, place, status }) =>
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
    series: seriesShown(state),
    past,
  });
  return { shown, acts: { ...actsOn(journal), ...reflectionActs(journal), ...seriesActs(journal) } };
}

/** What comes after the next one, and what was called off. */
function comingShown(state: State, on: string, now: number, next: string | undefined): ComingShown[] {
  const found = sessionsBetween(state, daysAfter(on, -1), daysAfter(on, AHEAD_DAYS)).filter((one) => instant(one.start) >= now && one.id !== next);
  return found.map((one) => ({ ...sessionShown(one), status: one.status }));
}

function seriesShown(state: State): SeriesShown[] {
  const found = [...those(state, "series", ({ start }) => Boolean(start))].map(([id, fields]) =>
    given<SeriesShown>({
      id,
      start: (fields["start"] as unknown as Zoned).at,
      rhythm: rhythmWords(text(fields, "recurrence") || "FREQ=WEEKLY"),
      place: text(fields, "place") || undefined,
      ended: text(fields, "ended") || undefined,
    }),
  );
  return found.sort(by(({ start, id }) => [start, id]));
}

function seriesActs(journal: Journal): SeriesActs {
  return carried<SeriesActs>({
    endSeries: (id, ended) =>
      act(journal, () => [{ type: "series.ended", fields: { id, ended } }], ended ? "done.series_ended" : "done.series_goes_on", (state) => [
        { type: "series.ended", fields: { id, ended: text(state.fields("series", id), "ended") || null } },
      ]),
  });
}
