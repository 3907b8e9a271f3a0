/**
 * What is refused where somebody writes: fields that break the rules of their type, and words that hold what is no
 * letter.
 */

import { InvalidEvent, InvalidInput, TooLong } from "./errors";
import { FORMS } from "./forms";
import type { Change, Json } from "./generated/payloads";
import { EVENT_TYPES, MAX_TEXT, NOT_FIELDS, REVISIONS, SHAPES } from "./generated/table";
import { isObject, isText } from "./json";
import { readerOf, readPayload, type Fields } from "./reading";

const CONTROLS = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f";
/** Overrides turn round what stands behind them. Embeddings and isolates come with pasted text, and may stay. */
const REFUSED = new RegExp(`[${CONTROLS}\\u202d\\u202e]`);
const REFUSED_IN_A_LINE = new RegExp(`[${CONTROLS}\\t\\n\\u202d\\u202e\\u2028\\u2029]`);
const LINE_BREAK = /[\n\r\v\f\u2028\u2029]/;

/** A change somebody wants to make: an event type and the fields of its payload. */
export interface Draft {
  readonly type: string;
  readonly fields: Fields;
}

/**
 * The payload of a draft as the JSON that goes into an event. Throws InvalidEvent or InvalidInput, which name the
 * field.
 */
export function encodePayload({ type, fields }: Draft): string {
  const known = EVENT_TYPES[type];
  if (known === undefined) throw new InvalidEvent(`There is no event type \`${type}\`.`);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string") checkLetters(name, value, isLong(known.fields[name] ?? ""));
  }
  return JSON.stringify(checked(type, fields));
}

/** All that a payload says, in the order of its fields. */
function checked(type: string, fields: Fields): Fields {
  const read = readPayload(type, fields);
  const forms = EVENT_TYPES[type]?.fields ?? {};
  if (read === undefined) throw whatIsWrong(type, fields);
  if (!isText(read)) throw new InvalidEvent("There is half of a letter in that, which is no text. Type it anew.");
  for (const [name, value] of Object.entries(read)) {
    checkForm(name, forms[name] ?? "", value);
    if (name === "change" || name === "accepted") checkChange(name, value as unknown as Change);
  }
  if ("accepted" in read && read["decision"] !== "accepted") {
    throw new InvalidEvent("Only a `decision` of accepted carries what was `accepted`.");
  }
  return read;
}

function whatIsWrong(type: string, fields: Fields): InvalidEvent {
  const forms = EVENT_TYPES[type]?.fields ?? {};
  const odd = Object.keys(fields).find((name) => !(name in forms));
  if (odd !== undefined) return new InvalidEvent(`\`${odd}\` is no field of this.`);
  const missing = Object.keys(forms).find((name) => forms[name]?.includes("!") && fields[name] === undefined);
  if (missing !== undefined) return new InvalidEvent(`\`${missing}\` is missing.`);
  const [wrong = "", value] = Object.entries(fields).find(([name, one]) => readerOf(forms[name] ?? "")(one) === undefined) ?? [];
  const shape = SHAPES[(forms[wrong] ?? "").replace(/[!?]/g, "")];
  const length = typeof value === "string" ? [...value].length : 0;
  if (shape?.[0] === "text" && length > shape[2]) return new TooLong(wrong, length, shape[2]);
  return new InvalidEvent(`\`${wrong}\` may not be that.`);
}

/** The exact form of text, and of text within what holds others. */
function checkForm(name: string, form: string, value: Json): void {
  for (const one of form.replace(/[!?]/g, "").split("|")) {
    const shape = SHAPES[one];
    if (shape?.[0] === "text" && typeof value === "string" && shape[3] !== undefined) {
      const [holds, words] = FORMS[shape[3]] as (typeof FORMS)[string];
      if (!holds(value)) throw new InvalidEvent(`\`${name}\` must be ${words}, not ${JSON.stringify(value)}.`);
    } else if (shape?.[0] === "object" && isObject(value)) {
      for (const [part, inner] of Object.entries(shape[1])) {
        // Of a change, it is the fields that count, in their own types.
        if (one !== "Change" && value[part] !== undefined) checkForm(`${name}.${part}`, inner, value[part]);
      }
    }
  }
}

/** A proposed change must be one that its kind of entity can undergo. How something stands is an event of its own. */
function checkChange(name: string, change: Change): void {
  const revision = REVISIONS[change.kind];
  if (revision === undefined) {
    throw new InvalidEvent(`\`${name}.kind\` must be one of ${Object.keys(REVISIONS).join(", ")}.`);
  }
  const odd = NOT_FIELDS.find((field) => field in change.fields);
  if (odd !== undefined) throw new InvalidEvent(`\`${name}.fields\` may not have ${odd}.`);
  const standing = `${change.kind}.status_changed`;
  const ofStanding = "status" in change.fields ? EVENT_TYPES[standing]?.fields : undefined;
  const [apart, rest] = parted(change.fields, (field) => ofStanding !== undefined && field in ofStanding);
  if (ofStanding) checked(standing, { id: change.id, ...apart });
  if (Object.keys(rest).length || !ofStanding) checked(revision, { id: change.id, ...rest });
}

function parted(fields: Fields, isApart: (name: string) => boolean): [Fields, Fields] {
  const all = Object.entries(fields);
  return [
    Object.fromEntries(all.filter(([name]) => isApart(name))),
    Object.fromEntries(all.filter(([name]) => !isApart(name))),
  ];
}

/** Whether the words of a field may go over several lines. */
function isLong(form: string): boolean {
  const shape = SHAPES[form.replace(/[!?]/g, "")];
  return shape?.[0] === "text" && shape[2] === MAX_TEXT;
}

function checkLetters(name: string, text: string, lines: boolean): void {
  const found = (lines ? REFUSED : REFUSED_IN_A_LINE).exec(text)?.[0];
  if (found === undefined) return;
  if (LINE_BREAK.test(found) && !lines) {
    throw new InvalidInput(`\`${name}\` is one line of words, and this has a line break in it. Put it in one line.`);
  }
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  throw new InvalidInput(
    `\`${name}\` holds a character that can't be seen (U+${code}), maybe from copying. Type it anew without that.`,
  );
}
