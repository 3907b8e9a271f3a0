/** The safety plan: what is written, and writing it. */

import { go } from "../../app/router";
import type { PlanActs, PlanPage } from "../../app/screens/plan";
import { PLAN_PARTS } from "../../app/screens/shown";
import type { State } from "../../core/journal";
import { text } from "../../views/fields";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import type { Draft } from "../refusing";
import { planShown } from "../shown";

export function plan(journal: Journal): PlanPage {
  const acts = carried<PlanActs>({
    keepPlan: async (plan) => {
      const kept = await act(journal, (state) => planned(state, plan), "done.plan", (state) => planned(state, Object.fromEntries(PLAN_PARTS.map((part) => [part, text(state.fields("plan", state.journal), part)])), plan));
      if (kept) go("plan");
      return kept;
    },
  });
  return { shown: planShown(journal.seen.value.state), acts };
}

function planned(state: State, plan: Partial<Record<string, string>>, from?: Partial<Record<string, string>>): Draft[] {
  const now = from ?? Object.fromEntries(PLAN_PARTS.map((part) => [part, text(state.fields("plan", state.journal), part)]));
  const changed = PLAN_PARTS.filter((part) => (plan[part] ?? "").trim() !== (now[part] ?? "").trim());
  const isNew = !state.entities.get("plan")?.has(state.journal);
  const fields = Object.fromEntries(changed.map((part) => [part, plan[part]?.trim() || null]));
  if (changed.length === 0) return [];
  return [isNew ? { type: "plan.written", fields: Object.fromEntries(Object.entries(fields).filter(([, words]) => words !== null)) } : { type: "plan.revised", fields }];
}
