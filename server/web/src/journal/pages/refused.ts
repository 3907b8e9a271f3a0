/** What a server did not take, in words, and what can be done about it. */

import type { RefusedActs, RefusedEntry, RefusedPage } from "../../app/screens/refused";
import { done } from "../../app/toasts";
import { isKey, say } from "../../app/words/words";
import { HLC_MIN, hlcMs } from "../../core/clock";
import { decodeEvent, type Event } from "../../core/envelope";
import { EVENT_TYPES } from "../../core/generated/table";
import { isObject } from "../../core/json";
import type { Fields } from "../../core/reading";
import type { RefusedRow } from "../../device/database";
import { given } from "../../views/fields";
import { localDay } from "../../views/moments";
import { carried } from "../acting";
import type { Journal } from "../journal";
import { fieldWords, wordsFor } from "../value_words";
import { titlesOf } from "./journals";

export function refused(journal: Journal): RefusedPage {
  const titles = titlesOf(journal);
  const entries = journal.refused.value.map((row) => entryOf(journal, titles, row));
  return { shown: { on: journal.today.value, entries }, acts: refusedActs(journal) };
}

function nameOf({ journal, device, n }: RefusedRow): string {
  return `${journal}/${device}.${n}`;
}

function entryOf(journal: Journal, titles: ReadonlyMap<string, string>, row: RefusedRow): RefusedEntry {
  const event = decodeEvent(row.text);
  const { type = "", data = "" } = event;
  const [kind = ""] = type.split(".");
  const key = `thing.${kind}`;
  const fields = fieldsOf(event);
  return given<RefusedEntry>({
    id: nameOf(row),
    about: isKey(key) ? say(key) : say("field.other"),
    journal: journal.rows.value.length > 1 ? titles.get(row.journal) : undefined,
    on: localDay(new Date(hlcMs(event.hlc ?? HLC_MIN))),
    said: fields === undefined ? [{ field: say("field.other"), words: data }] : saidIn(journal, kind, fields),
    reason: mayWrite(journal, row.journal) ? row.reason : "",
    again: mayWrite(journal, row.journal) && fields !== undefined && !event.data_digest && type in EVENT_TYPES,
  });
}

/** Somebody who reads along, or is in the journal no more, would be refused again. */
function mayWrite(journal: Journal, id: string): boolean {
  return !["reader", "none"].includes(journal.roleIn(id));
}

/** What can be read of a payload. */
function fieldsOf({ data = "" }: Event): Fields | undefined {
  try {
    const found: unknown = JSON.parse(data);
    return isObject(found) ? (found as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function saidIn(journal: Journal, kind: string, { id, ...fields }: Fields): RefusedEntry["said"] {
  const about = { kind, id: typeof id === "string" ? id : "" };
  return Object.entries(fields).filter(([field]) => field !== "rank").flatMap(([field, value]) => {
    const words = wordsFor(journal.seen.value.state, { ...about, field }, value) ?? (typeof value === "string" ? value : undefined);
    return words === undefined ? [] : [{ field: field === "goal" ? say("together.for_goal") : fieldWords(kind, field), words }];
  });
}

function refusedActs(journal: Journal): RefusedActs {
  const found = (id: string) => journal.refused.value.find((row) => nameOf(row) === id);
  return carried<RefusedActs>({
    again: async (id) => {
      const row = found(id);
      if (!row) return;
      await journal.device.writeAgain(row);
      done(say("not_taken.written"));
      journal.link.soon();
    },
    letGo: async (id) => {
      const row = found(id);
      if (!row) return;
      await journal.device.letGo(row);
      done(say("not_taken.gone"), () => void journal.device.letGo(row, { again: true }));
    },
  });
}
