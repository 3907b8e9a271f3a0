/**
 * JSON in which some values stay the text that they were; knows nothing of events.
 *
 * Theory of operation
 * -------------------
 * The digest of an event covers the bytes of its payload, so they may not be decoded and encoded again: blanks, escapes
 * and the order of keys would change. `JSON.parse` gives no way to the source of an object. So each such value is
 * sliced out of the text beforehand, and put back as a string that holds that very text. Only strings are looked at on
 * the way there: everything between two quotes is skipped at once.
 */

import { InvalidEvent } from "./errors";
import type { Json } from "./generated/payloads";

/** What is left of a message when it is parsed: a payload is the text of its JSON. */
const PAYLOAD = '"data"';
/** A surrogate without its other half, which JSON can spell and which is no text. */
const LONE = /[\ud800-\udfff]/u;
const SPELT = "\\u";

/** Parses a message; the value of each `data` in it is given as the text that it was. */
export function parseMessage(text: string): unknown {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const end = endOfString(text, at);
    const value = end - at === PAYLOAD.length && text.startsWith(PAYLOAD, at) ? valueAfter(text, end) : -1;
    if (value < 0) {
      at = end;
      continue;
    }
    at = endOfValue(text, value);
    parts.push(text.slice(from, value), JSON.stringify(text.slice(value, at)));
    from = at;
  }
  return JSON.parse(parts.join("") + text.slice(from));
}

/** Takes one member out of the object that `text` is: the text of its value, and the object with null in its place. */
export function cutOut(text: string, name: string): [value: string, rest: string] {
  const key = JSON.stringify(name);
  let at = text.indexOf("{") + 1;
  while (at > 0) {
    const begin = text.indexOf('"', at);
    if (begin < 0) break;
    const end = endOfString(text, begin);
    const value = valueAfter(text, end);
    const after = endOfValue(text, value);
    if (text.slice(begin, end) === key)
      return [text.slice(value, after), `${text.slice(0, value)}null${text.slice(after)}`];
    at = after;
  }
  throw new InvalidEvent(`There is no \`${name}\` in that.`);
}

/** Parses a payload, or gives undefined where it is not well-formed JSON, or holds what is no text. */
export function parsePayload(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return text.includes(SPELT) && !isText(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether all strings in a value are text: made of whole letters. */
export function isText(value: Json | undefined): boolean {
  if (typeof value === "string") return !LONE.test(value);
  return !isObject(value) || (Object.keys(value).every(isText) && Object.values(value).every(isText));
}

/** An object or a list. */
export function isObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null;
}

/** Whether two values are the same, in whatever order their keys stand. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.prototype.hasOwnProperty.call(other, name) && isSame(one[name], other[name]))
  );
}

/** Where a string ends that begins at `at`: behind its closing quote. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = end;
    while (text[slashes - 1] === "\\") slashes--;
    if ((end - slashes) % 2 === 0) return end + 1;
  }
  throw new SyntaxError("A string without an end.");
}

/** Where the value begins whose name ended at `at`; -1 where that was no name. */
function valueAfter(text: string, at: number): number {
  const colon = skipBlanks(text, at);
  return text[colon] === ":" ? skipBlanks(text, colon + 1) : -1;
}

function skipBlanks(text: string, at: number): number {
  while (text[at] === " " || text[at] === "\n" || text[at] === "\t" || text[at] === "\r") at++;
  return at;
}

function endOfValue(text: string, at: number): number {
  let depth = 0;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (sign === "}" || sign === "]") {
      if (depth === 0) return at; // a number or a word that was the last
      at++;
      if (--depth === 0) return at;
      continue;
    }
    if (depth === 0 && (sign === "," || sign === " " || sign === "\n" || sign === "\t" || sign === "\r")) return at;
    if (sign === "{" || sign === "[") depth++;
    at++;
  }
  return at;
}
