/** A journal's check-ins in the order of their days, worked out once for each state that is looked at; pure. */

import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import type { Day } from "./days";
import { byText, number, text, written } from "./reading";

/** How it went on one local day. */
export interface Checkin {
  readonly id: string;
  readonly subject: string;
  readonly on: Day;
  readonly measure: string;
  readonly value: number | undefined;
  readonly isBaseline: boolean;
  readonly occurrence: string;
  readonly note: string;
  readonly actor: string;
  readonly changedAt: string;
}

/** What is about each subject, the earliest first; the empty one is for what is about nothing in particular. */
export type Diary = ReadonlyMap<string, readonly Checkin[]>;

export function diaryOf(state: State): Diary {
  const ofKind = state.entities.get("checkin");
  const found = state.visible("checkin").map((id) => read(id, state.fields("checkin", id), written(ofKind!.get(id)!)));
  found.sort((one, other) => byText(one.on, other.on) || byText(one.changedAt, other.changedAt) || byText(one.id, other.id));
  const diary = new Map<string, Checkin[]>();
  for (const one of found) {
    const about = diary.get(one.subject);
    if (about) about.push(one);
    else diary.set(one.subject, [one]);
  }
  return diary;
}

function read(id: string, fields: Fields, { first, changedAt }: ReturnType<typeof written>): Checkin {
  return {
    id,
    subject: text(fields, "subject"),
    on: text(fields, "on"),
    measure: text(fields, "measure"),
    value: number(fields, "value"),
    isBaseline: fields["baseline"] === true,
    occurrence: text(fields, "occurrence"),
    note: text(fields, "note"),
    actor: first.actor,
    changedAt,
  };
}
