/** What was written twice at once, in words to choose between. What no words are found for here waits for the terminal. */

import type { ConflictsActs, ConflictsPage } from "../../app/screens/conflicts";
import type { ConflictShown } from "../../app/screens/shown";
import { PLAN_PARTS } from "../../app/screens/shown";
import { begun, dateWords, momentWords } from "../../app/words/days";
import { isKey, numberWords, say, type Key } from "../../app/words/words";
import { hlcMs } from "../../core/clock";
import type { Json } from "../../core/generated/payloads";
import { EVENT_TYPES, REVISIONS } from "../../core/generated/table";
import { UNTITLED } from "../../core/generated/views";
import type { State } from "../../core/journal";
import { isObject } from "../../core/json";
import { conflicts as conflictsIn, type Conflict, type Version } from "../../views/conflicts";
import { text } from "../../views/fields";
import { goals } from "../../views/goals";
import { localDay } from "../../views/moments";
import { settled } from "../../views/settling";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { Refusal } from "../refusing";

const TITLES: Readonly<Record<string, Key>> = { plan: "place.plan", rest: "settings.rest", journal: "nav.label" };
/** Fields whose parts are written together, and fields with an event of their own. */
const APART: ReadonlySet<string> = new Set(["status", "value", "resting", "rank", "reflection"]);

export function conflicts(journal: Journal): ConflictsPage {
  const worded = journal.conflicts.value.flatMap((one) => shown(journal, one) ?? []);
  const elsewhere = journal.conflicts.value.length - worded.length;
  return { shown: { on: journal.today.value, conflicts: worded, elsewhere }, acts: conflictsActs(journal) };
}

function conflictsActs(journal: Journal): ConflictsActs {
  return carried<ConflictsActs>({
    settle: (conflict, keep) => {
      return act(journal, (state) => {
        const one = conflictsIn(state).find((waiting) => nameOf(waiting) === conflict.id);
        const versions = one ? [one.a, one.b, ...one.others] : [];
        const version = versions.find(({ write }) => "write" in keep && write === keep.write);
        const isSeen = versions.every(({ write }) => conflict.versions.some((seen) => seen.write === write));
        const value = "words" in keep ? keep.words : version?.value;
        if (!one || !isSeen || value === undefined) throw new Refusal(say("refused.settled"));
        return settled(state, one.kind, one.id, one.field, value) ?? [];
      }, "done.settled");
    },
  });
}

/** The name by which a screen speaks of a conflict. */
function nameOf({ kind, id, field }: Conflict): string {
  return `${kind}/${id}/${field}`;
}

function shown(journal: Journal, one: Conflict): ConflictShown | undefined {
  const { state } = journal.seen.value;
  const { kind, id, field, a, b, others } = one;
  const versions: ConflictShown["versions"][number][] = [];
  for (const version of [a, b, ...others]) {
    const words = wordsFor(state, one, version.value);
    if (words === undefined || settled(state, kind, id, field, version.value) === undefined) return undefined;
    versions.push({ write: version.write, words, ...madeBy(journal, version) });
  }
  return {
    id: nameOf(one),
    title: titleOf(one),
    about: aboutOf(one),
    inWords: isText(formOf(kind, field)) || field === "reflection",
    versions: versions as unknown as ConflictShown["versions"],
  };
}

function madeBy(journal: Journal, { actor, device, at }: Version): { by: string; device: string; on: string } {
  return {
    by: journal.nameOf(actor) ?? say("you"),
    device: journal.devices.value.get(device) ?? say("device.unknown"),
    on: localDay(new Date(hlcMs(at))),
  };
}

function titleOf({ kind, title }: Conflict): string {
  const key = TITLES[kind];
  if (key) return say(key);
  if (kind === "checkin") return dateWords(title);
  return title === UNTITLED ? "" : title;
}

function aboutOf({ kind, field }: Conflict): string {
  const key = kind === "plan" && PLAN_PARTS.some((part) => part === field) ? `plan.${field}` : kind === "goal" && field === "title" ? "field.title" : field === "title" ? "field.name" : `field.${field}`;
  return isKey(key) ? say(key) : say("field.other");
}

/** The form of a field by which words are found for it. */
function formOf(kind: string, field: string): string {
  if (APART.has(field)) return "";
  const revision = EVENT_TYPES[REVISIONS[kind] ?? `${kind}.revised`];
  return (revision?.fields[field] ?? "").replace(/[!?]/g, "");
}

function isText(form: string): boolean {
  return form === "Line" || form === "Text" || form === "Word";
}

function wordsFor(state: State, { kind, id, field }: Conflict, value: Json): string | undefined {
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
