/** What somebody would change in a goal's words, as far as nobody has answered. */

import type { ProposalShown } from "../app/screens/shown";
import { say } from "../app/words/words";
import type { Fields } from "../core/reading";
import { those } from "../views/entities";
import { given, text } from "../views/fields";
import type { Journal } from "./journal";

/** The fields of a goal that hold a person's words, or a day. */
const WORDED = ["title", "why", "looks_like", "helps", "due"] as const;

export function isWorded(field: string): boolean {
  return WORDED.some((one) => one === field);
}

export function proposalsShown(journal: Journal): ProposalShown[] {
  const { state } = journal.seen.value;
  return [...those(state, "proposal", ({ decision }) => !decision)].flatMap(([id, fields]) => {
    const change = fields["change"] as { kind?: string; id?: string; fields?: Fields } | null;
    if (change?.kind !== "goal" || !change.id) return [];
    const now = state.fields("goal", change.id);
    const actor = state.registers("proposal", id).get("change")?.[0].stamp.actor ?? "";
    return WORDED.filter((field) => typeof change.fields?.[field] === "string").map((field) =>
      given<ProposalShown>({ id, by: journal.isOwn(actor) ? undefined : (journal.nameOf(actor) ?? say("together.somebody")), title: text(now, "title"), field, now: text(now, field), proposed: text(change.fields ?? {}, field), reason: text(fields, "why") || undefined }),
    );
  });
}
