/** What can be done about sessions, as events: the same that the terminal writes. */

import { go } from "../app/router";
import { RHYTHMS, type SessionWords } from "../app/parts/session_form";
import type { OneSessionActs, SessionStatus } from "../app/screens/session";
import { say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { newId } from "../device/ids";
import { given, text } from "../views/fields";
import type { Session } from "../views/sessions";
import { act } from "./acting";
import type { Journal } from "./journal";
import { Refusal, type Draft } from "./refusing";
import { sessionOf, writtenDown } from "./sessions_known";
import { refuseUnseen } from "./unseen";

/** The journal's time zone, else this browser's. */
export function zoneOf(state: State): string {
  return text(state.fields("journal", state.journal), "time_zone") || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function wordsOf({ start, minutes, place }: Session): SessionWords {
  return { day: start.at.slice(0, 10), time: start.at.slice(11, 16), minutes: minutes === undefined ? "" : String(minutes), place, every: "" };
}

export function addSession(journal: Journal, words: SessionWords): Promise<boolean> {
  const id = newId();
  const recurrence = words.every ? recurrenceIn(words.every) : undefined;
  const [type, kind] = recurrence ? ["series.planned", "series"] : ["session.scheduled", "session"];
  const made = (state: State): Draft[] => {
    const start = { at: `${words.day}T${words.time}:00`, time_zone: zoneOf(state) };
    return [{ type, fields: given<Record<string, Json>>({ id, start, recurrence, minutes: minutesIn(words) ?? undefined, place: placeIn(words) ?? undefined }) }];
  };
  return act(journal, made, recurrence ? "done.series" : "done.session", () => [{ type: `${kind}.retracted`, fields: { id } }]).then((kept) => {
    if (kept) go("sessions");
    return kept;
  });
}

export function sessionActs(journal: Journal): Pick<OneSessionActs, "moveSession" | "turnSession"> {
  const on = () => journal.today.value;
  return {
    moveSession: (id, words, seen) =>
      act(journal, (state) => moved(known(state, id, on()), words, seen), "done.moved_session", (state) => movedBack(known(state, id, on()), words)),
    turnSession: (id, status) =>
      act(journal, (state) => turned(known(state, id, on()), status, on()), "done.turned", (state) => {
        const was = state.fields("session", id);
        return [{ type: "session.status_changed", fields: { id, status: text(was, "status") || "planned", on: text(was, "on") || on() } }];
      }),
  };
}

function known(state: State, id: string, on: string): Session {
  const found = sessionOf(state, id, on);
  if (!found) throw new Refusal(say("unknown.words"));
  return found;
}

/** The fields in which a session is put differently; null empties one. */
function changedFields(one: Session, words: SessionWords): Fields {
  const now = wordsOf(one);
  const changes: Fields = {};
  if (words.day !== now.day || words.time !== now.time) {
    const seconds = words.time === now.time ? one.start.at.slice(16) : ":00";
    changes["start"] = { ...one.start, at: `${words.day}T${words.time}${seconds}` };
  }
  if (placeIn(words) !== (one.place || null)) changes["place"] = placeIn(words);
  if (minutesIn(words) !== (one.minutes ?? null)) changes["minutes"] = minutesIn(words);
  return changes;
}

function moved(one: Session, words: SessionWords, seen: SessionWords): Draft[] {
  const now = wordsOf(one);
  refuseUnseen((["day", "time", "minutes", "place"] as const).filter((name) => words[name].trim() !== now[name]), now, seen);
  const fields = changedFields(one, words);
  return Object.keys(fields).length ? [...writtenDown(one), { type: "session.revised", fields: { id: one.id, ...fields } }] : [];
}

function movedBack(one: Session, words: SessionWords): Draft[] {
  const was: Fields = { start: { ...one.start }, place: one.place || null, minutes: one.minutes ?? null };
  const names = Object.keys(changedFields(one, words));
  return names.length ? [{ type: "session.revised", fields: { id: one.id, ...Object.fromEntries(names.map((name) => [name, was[name] ?? null])) } }] : [];
}

/** What took place or did not was on its own day, all else is said today. */
function turned(one: Session, status: SessionStatus, today: string): Draft[] {
  const day = one.start.at.slice(0, 10);
  const isOver = status === "held" || status === "not_held";
  return [...writtenDown(one), { type: "session.status_changed", fields: { id: one.id, status, on: isOver && day < today ? day : today } }];
}

/** The rule of a rhythm that was chosen. */
export function recurrenceIn(every: string): string {
  return RHYTHMS[every as keyof typeof RHYTHMS];
}

export function placeIn({ place }: SessionWords): string | null {
  return place.replace(/\s+/g, " ").trim() || null;
}

export function minutesIn({ minutes }: SessionWords): number | null {
  return minutes.trim() ? Number(minutes) : null;
}
