/** What an entry of a copy becomes: the events that it begins with, and those that say how it stands. Pure. */

import type { Draft } from "../core/checking";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import type { Copied, Kind } from "../views/copying";
import { text } from "../views/fields";

/** Kind → the event that one begins with, the one that puts it differently, how it stands at first, and what is taken as it is. */
export const BEGINNINGS: Readonly<Record<Kind, { readonly begun: string; readonly revised?: string; readonly status?: string; readonly fields: readonly string[] }>> = {
  goal: { begun: "goal.created", revised: "goal.revised", status: "active", fields: ["title", "kind", "looks_like", "why", "helps", "area", "start", "due", "importance", "confidence", "rank"] },
  measure: { begun: "measure.defined", revised: "measure.revised", fields: ["type", "question", "low", "high", "unit", "better", "target", "weight"] },
  milestone: { begun: "milestone.added", revised: "milestone.revised", status: "planned", fields: ["title", "due", "rank"] },
  practice: { begun: "practice.added", revised: "practice.revised", status: "active", fields: ["title", "recurrence", "start", "minutes"] },
  series: { begun: "series.planned", revised: "series.revised", fields: ["start", "recurrence", "minutes", "place"] },
  session: { begun: "session.scheduled", revised: "session.revised", status: "planned", fields: ["start", "minutes", "place"] },
  checkin: { begun: "checkin.recorded", revised: "checkin.amended", fields: ["on", "at", "value", "occurrence", "note"] },
  topic: { begun: "topic.added", revised: "topic.revised", status: "open", fields: ["text"] },
  reflection: { begun: "reflection.written", revised: "reflection.revised", fields: ["on", "text", "takeaway"] },
  assessment: { begun: "assessment.recorded", fields: ["instrument", "version", "answers", "on", "score", "subscores"] },
};
const LEVELS = ["level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2"];
const SUBJECTS: readonly Kind[] = ["goal", "milestone", "practice"];

export interface Place {
  /** What it is called here, and the day on which it comes in. */
  readonly id: string;
  readonly on: string;
  /** Where a check-in says that it came from; empty where it is this journal's own. */
  readonly source: string;
  /** A place behind all goals that are here, where it needs one. */
  readonly rank: string | undefined;
  /** Of a measure: whether its goal is followed by it there. */
  readonly isUsed: boolean;
  /** This journal, and the one that the copy is of. */
  readonly journal: string;
  readonly from: string;
  readonly nameOf: (kinds: readonly Kind[], there: Json | undefined) => string | undefined;
}

/** The events of an entry; undefined where it names something that it can't be without, and that is nowhere. */
export function drafted(state: State, kind: Kind, of: Copied, place: Place): Draft[] | undefined {
  const { begun, fields } = BEGINNINGS[kind];
  const [named, about] = [names(kind, of, place), kind === "topic" ? aboutOf(of["about"], place) : undefined];
  if (!named || (kind === "topic" && !of["text"] && !about)) return undefined;
  const kept = fields.filter((name) => Object.hasOwn(of, name) && of[name] !== null && of[name] !== "").map((name) => [name, of[name] as Json]);
  const made: Draft = { type: begun, fields: { id: place.id, ...Object.fromEntries(kept), ...named, ...more(kind, of, place), ...(about && { about }) } };
  return [made, ...after(state, kind, of, place, named), ...standing(kind, of, place)];
}

/** What an entry names, as it is called here. */
function names(kind: Kind, of: Copied, { nameOf }: Place): { [name: string]: string } | undefined {
  const found = (name: string, kinds: readonly Kind[]) => {
    const here = nameOf(kinds, of[name]);
    return here === undefined ? {} : { [name]: here };
  };
  if (kind === "measure" || kind === "milestone") {
    const goal = nameOf(["goal"], of["goal"]);
    return goal === undefined ? undefined : { goal };
  }
  if (kind === "practice") return found("goal", ["goal"]);
  if (kind === "checkin") return { ...found("subject", SUBJECTS), ...found("measure", ["measure"]) };
  if (kind === "topic") return found("session", ["session"]);
  if (kind === "session") return found("series", ["series"]);
  if (kind === "reflection") return { ...found("session", ["session"]), ...found("goal", ["goal"]) };
  return {};
}

/** What a topic is about: something of this journal, or of another one. */
function aboutOf(about: Json | undefined, { journal, from, nameOf }: Place): Json | undefined {
  if (typeof about !== "object" || about === null || Array.isArray(about)) return undefined;
  if (about["journal"] !== from) return about;
  const id = nameOf([about["kind"] as Kind], about["id"]);
  return id === undefined ? undefined : { journal, kind: about["kind"] as string, id };
}

function more(kind: Kind, of: Copied, { source, rank, nameOf }: Place): { [name: string]: Json } {
  if (kind === "goal" && rank) return { rank };
  if (kind === "measure" && Array.isArray(of["levels"])) {
    const levels = of["levels"];
    return Object.fromEntries(LEVELS.map((name, at) => [name, levels[at] ?? null]).filter(([, words]) => words !== null));
  }
  if (kind === "milestone" && of["status"] !== "reached" && of["progress"]) return { progress: of["progress"] };
  if (kind === "checkin") return { ...(of["baseline"] === true && { baseline: true }), ...(source && { source, external_id: of["id"] ?? "" }) };
  if (kind === "session" && of["original"] && nameOf(["series"], of["series"])) return { original: of["original"] };
  return {};
}

/** What is said of something else once this is there, and of its end. */
function after(state: State, kind: Kind, of: Copied, { id, isUsed }: Place, named: { [name: string]: string }): Draft[] {
  if (kind === "series" && of["ended"]) return [{ type: "series.ended", fields: { id, ended: of["ended"] } }];
  const goal = named["goal"];
  if (kind !== "measure" || !goal) return [];
  const isFollowed = Boolean(text(state.fields("goal", goal), "measure"));
  return isUsed && !isFollowed ? [{ type: "goal.revised", fields: { id: goal, measure: id } }] : [];
}

/** How it stands, where that is not as at first. */
function standing(kind: Kind, of: Copied, { id, on }: Place): Draft[] {
  const first = BEGINNINGS[kind].status;
  const [status, reflection] = [text(of, "status") || first, kind === "goal" ? text(of, "reflection") : ""];
  if (first === undefined || status === undefined || (status === first && !reflection && !of["on"])) return [];
  return [{ type: `${kind}.status_changed`, fields: { id, status, on: text(of, "on") || on, ...(reflection && { reflection }) } }];
}
