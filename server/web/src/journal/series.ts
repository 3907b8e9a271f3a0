/** Sessions that come again: how they are shown, and changing when they come, as events: the same that the terminal writes. */

import type { SessionWords } from "../app/parts/session_form";
import type { SeriesActs, SeriesShown } from "../app/screens/sessions";
import { rhythmWords } from "../app/words/rhythms";
import { say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { isSame } from "../core/json";
import type { Fields } from "../core/reading";
import { numberOf } from "../views/days";
import { by, those } from "../views/entities";
import { given, number, text } from "../views/fields";
import { instant, type Zoned } from "../views/moments";
import { occurrences } from "../views/recurrence";
import { daysAfter, sessionsBetween } from "../views/sessions";
import { act, carried } from "./acting";
import type { Journal } from "./journal";
import { asNow } from "./putting_back";
import { Refusal, type Draft } from "./refusing";
import { minutesIn, placeIn, recurrenceIn } from "./session_acts";
import { writtenDown } from "./sessions_known";
import { refuseUnseen } from "./unseen";

/** When a series changes, what it gave is written down for so many days back. */
const KEPT_DAYS = 366;
/** How far ahead the next session of a series is looked for. */
const AHEAD_DAYS = 3_660;
const WHEN = ["start", "recurrence"] as const;

export function seriesShown(state: State, on: string, now: number): SeriesShown[] {
  const found = [...those(state, "series", ({ start }) => Boolean(start))].map(([id, fields]) =>
    given<SeriesShown>({
      id,
      start: startOf(fields).at,
      rhythm: rhythmWords(rhythmOf(fields)),
      place: text(fields, "place") || undefined,
      ended: text(fields, "ended") || undefined,
      words: seriesWords(state, id, on, now),
    }),
  );
  return found.sort(by(({ start, id }) => [start, id]));
}

function startOf(fields: Fields): Zoned {
  return fields["start"] as unknown as Zoned;
}

function rhythmOf(fields: Fields): string {
  return text(fields, "recurrence") || "FREQ=WEEKLY";
}

/** As a form has it: the day is that of the next session. */
function seriesWords(state: State, id: string, on: string, now: number): SessionWords {
  const fields = state.fields("series", id);
  const { at } = startOf(fields);
  const next = coming(state, id, on).find((day) => instant({ ...startOf(fields), at: day + at.slice(10) }) >= now);
  const minutes = number(fields, "minutes");
  return { day: next ?? on, time: at.slice(11, 16), minutes: minutes === undefined ? "" : String(minutes), place: text(fields, "place"), every: "" };
}

/** The next days on which it comes. */
function coming(state: State, id: string, from: string): string[] {
  const fields = state.fields("series", id);
  const [begin, first] = [numberOf(startOf(fields).at.slice(0, 10)), numberOf(from)];
  if (begin === undefined || first === undefined) return [];
  return occurrences(rhythmOf(fields), begin, first, first + AHEAD_DAYS).slice(0, 2).map((day) => daysAfter(from, day - first));
}

export function seriesActs(journal: Journal): SeriesActs {
  return carried<SeriesActs>({
    endSeries: (id, ended) =>
      act(journal, () => [{ type: "series.ended", fields: { id, ended } }], ended ? "done.series_ended" : "done.series_goes_on", (state) => [
        { type: "series.ended", fields: { id, ended: text(state.fields("series", id), "ended") || null } },
      ]),
    changeSeries: (id, words, seen) => {
      let changed: readonly string[] = [];
      const made = (state: State): Draft[] => {
        const now = seriesWords(state, id, journal.today.value, Date.now());
        refuseUnseen((["time", "minutes", "place"] as const).filter((name) => words[name].trim() !== now[name]), now, seen);
        const fields = changes(state.fields("series", id), words, now);
        changed = Object.keys(fields);
        return changed.length ? [...before(state, id, words.day), { type: "series.revised", fields: { id, ...fields } }] : [];
      };
      return act(journal, made, "done.series_changed", (state) => (changed.length ? [{ type: "series.revised", fields: { id, ...asNow(state, "series", id, changed) } }] : []));
    },
  });
}

/** What is different about a series from a day on. */
function changes(was: Fields, words: SessionWords, now: SessionWords): Fields {
  const other: Fields = {};
  if (words.day !== now.day || words.time !== now.time || words.every) Object.assign(other, begun(was, words));
  other["minutes"] = minutesIn(words);
  other["place"] = placeIn(words);
  return Object.fromEntries(Object.entries(other).filter(([name, value]) => !isSame((was[name] ?? null) as Json, value)));
}

/** Where it begins anew, and in which rhythm: it has to come on the day that was named. */
function begun(was: Fields, { day, time, every }: SessionWords): Pick<Fields, (typeof WHEN)[number]> {
  const { at, time_zone } = startOf(was);
  const first = numberOf(day) ?? 0;
  const recurrence = every ? recurrenceIn(every) : withoutGone(rhythmOf(was), numberOf(at.slice(0, 10)) ?? first, first);
  const ended = text(was, "ended");
  if (occurrences(recurrence, first, first, first)[0] !== first) throw new Refusal(say("session.not_on_that_day"));
  if (ended && day > ended) throw new Refusal(say("session.series_over"));
  const seconds = time === at.slice(11, 16) ? at.slice(16) : ":00";
  return { start: { at: `${day}T${time}${seconds}`, time_zone }, recurrence };
}

/** A rule that counts its days counts those that are left. */
function withoutGone(recurrence: string, begin: number, first: number): string {
  return recurrence.replace(/COUNT=(\d+)/, (_, count: string) => `COUNT=${Math.max(Number(count) - occurrences(recurrence, begin, begin, first - 1).length, 0)}`);
}

/** What a series gave before a day stays, written down. */
function before(state: State, id: string, day: string): Draft[] {
  return sessionsBetween(state, daysAfter(day, -KEPT_DAYS), daysAfter(day, -1)).filter(({ series }) => series === id).flatMap(writtenDown);
}
