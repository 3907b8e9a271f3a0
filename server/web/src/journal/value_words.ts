/** Values of any field of any entity, in words; and what the fields are called. */

import { PLAN_PARTS } from "../app/screens/shown";
import { begun, dateWords, momentWords } from "../app/words/days";
import { isKey, numberWords, say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import { EVENT_TYPES, REVISIONS } from "../core/generated/table";
import type { State } from "../core/journal";
import { isObject } from "../core/json";
import { text } from "../views/fields";
import { goals } from "../views/goals";

interface Field {
  readonly kind: string;
  readonly id: string;
  readonly field: string;
}

/** Fields whose parts are written together, and fields with an event of their own. */
const APART: ReadonlySet<string> = new Set(["status", "value", "resting", "rank", "reflection"]);

/** What a field is called. */
export function fieldWords(kind: string, field: string): string {
  const key = kind === "plan" && PLAN_PARTS.some((part) => part === field) ? `plan.${field}` : kind === "goal" && field === "title" ? "field.title" : field === "title" ? "field.name" : `field.${field}`;
  return isKey(key) ? say(key) : say("field.other");
}

/** The form of a field by which words are found for it. */
export function formOf(kind: string, field: string): string {
  if (APART.has(field)) return "";
  const revision = EVENT_TYPES[REVISIONS[kind] ?? `${kind}.revised`];
  return (revision?.fields[field] ?? "").replace(/[!?]/g, "");
}

/** Whether nothing may stand there. */
export function mayBeEmpty(kind: string, field: string): boolean {
  return (EVENT_TYPES[REVISIONS[kind] ?? ""]?.fields[field] ?? "").includes("?");
}

export function isText(form: string): boolean {
  return form === "Line" || form === "Text" || form === "Word";
}

/** A value of a field in words; undefined where no words are found for it. */
export function wordsFor(state: State, { kind, id, field }: Field, value: Json): string | undefined {
  if (value === null) return say("nothing_yet");
  if (isObject(value)) return ofTogether(field, value as Record<string, Json>);
  const form = formOf(kind, field);
  if (typeof value === "number") return numberWords(value);
  if (typeof value !== "string") return undefined;
  if (field === "reflection" || isText(form)) return value;
  if (form.startsWith("Day")) return dateWords(value);
  if (kind === "goal" && field === "rank") return placeOf(state, id, value);
  if (form === "Id") return ["goal", "measure", "milestone", "practice"].map((of) => text(state.fields(of, value), of === "measure" ? "question" : "title")).find(Boolean);
  return undefined;
}

/** Of values that are written together, the one that says it. */
function ofTogether(field: string, value: Readonly<Record<string, Json>>): string | undefined {
  if (field === "status") {
    const key = `status.${String(value["status"])}`;
    return isKey(key) ? begun(say(key)) : undefined;
  }
  if (field === "resting") {
    const until = value["until"];
    if (value["resting"] !== true) return say("done.rest_ended");
    return typeof until === "string" ? say("today.resting_until", { day: dateWords(until) }) : say("today.resting");
  }
  if (field === "value") return typeof value["value"] === "number" ? numberWords(value["value"]) : (value["value"] as string | undefined);
  return typeof value["at"] === "string" ? momentWords(value["at"]) : undefined;
}

/** Where a goal stands by a rank: before which other goal. */
function placeOf(state: State, id: string, rank: string): string {
  const next = goals(state).find((goal) => goal.id !== id && goal.rank > rank);
  return next ? say("settle.before", { title: next.title }) : say("settle.last");
}
