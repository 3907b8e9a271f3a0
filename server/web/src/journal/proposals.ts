/** Proposals, as far as they are seen and made beside other things: how many wait for somebody, and making one. */

import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { isObject } from "../core/json";
import { newId } from "../device/ids";
import { those } from "../views/entities";
import { act } from "./acting";
import type { Journal } from "./journal";

/** The fields of a goal that hold a person's words, or a day. */
const WORDED = ["title", "why", "looks_like", "helps", "due"] as const;

export function isWorded(field: string): boolean {
  return WORDED.some((one) => one === field);
}

/** The proposals of a journal that others made and nobody has answered. */
export function waitingFor(journal: Journal, state: State): string[] {
  return [...those(state, "proposal", ({ decision, change }) => !decision && Boolean(change)).keys()].filter(
    (id) => !journal.isOwn(state.registers("proposal", id).get("change")?.[0].stamp.actor ?? ""),
  );
}

/** How many proposals that nobody has answered are about a goal, or about what belongs to it. */
export function openAbout(state: State, goal: string): number {
  return [...those(state, "proposal", ({ decision, change }) => !decision && isAbout(state, goal, change)).keys()].length;
}

function isAbout(state: State, goal: string, change: Json | undefined): boolean {
  if (!isObject(change)) return false;
  const { kind, id, fields } = change as unknown as Change;
  return id === goal || fields?.["goal"] === goal || state.fields(kind, id)["goal"] === goal;
}

/** What would be different: fields of an entity, which may be one that there is not yet. */
export interface Change {
  readonly kind: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, Json>>;
}

/** Proposes a change to the others. Gives back whether it was kept. */
export function propose(journal: Journal, change: Change, why = ""): Promise<boolean> {
  const id = newId();
  const said = { id, change: { ...change, fields: { ...change.fields } }, ...(why && { why }) };
  return act(journal, () => [{ type: "proposal.made", fields: said }], "done.proposed", () => [{ type: "proposal.retracted", fields: { id } }]);
}
