/** The safety plan: what is written, and writing it. */

import { go } from "../../app/router";
import type { PlanActs, PlanPage } from "../../app/screens/plan";
import { PLAN_PARTS, type PlanShown } from "../../app/screens/shown";
import type { State } from "../../core/journal";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import type { Draft } from "../refusing";
import { planShown } from "../shown";
import { refuseUnseen } from "../unseen";

export function plan(journal: Journal): PlanPage {
  const acts = carried<PlanActs>({
    keepPlan: async (words, seen) => {
      const kept = await act(journal, (state) => rewritten(state, words, seen), "done.plan", (state) => written(state, planShown(state), words), "private");
      if (kept) go("plan");
      return kept;
    },
  });
  return { shown: planShown(journal.private.value.state), acts };
}

function rewritten(state: State, words: PlanShown, seen: PlanShown): Draft[] {
  const now = planShown(state);
  refuseUnseen(changed(words, now), now, seen);
  return written(state, words, now);
}

/** What makes one plan of another: what is new is said, and what is gone emptied. */
function written(state: State, words: PlanShown, from: PlanShown): Draft[] {
  const fields = changed(words, from).map((part) => [part, words[part]?.trim() || null] as const);
  if (fields.length === 0) return [];
  if (state.entities.get("plan")?.has(state.journal)) return [{ type: "plan.revised", fields: Object.fromEntries(fields) }];
  return [{ type: "plan.written", fields: Object.fromEntries(fields.filter(([, said]) => said !== null)) }];
}

function changed(words: PlanShown, from: PlanShown) {
  return PLAN_PARTS.filter((part) => (words[part] ?? "").trim() !== (from[part] ?? "").trim());
}
