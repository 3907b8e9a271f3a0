/**
 * The form of a goal: what it begins with, and what was changed elsewhere while it was open. A form is about what it was
 * shown: if that changed meanwhile, the person sees both, and nothing is written over that they have not seen.
 */

import { signal } from "@preact/signals";

import { NO_WORDS } from "../app/screens/goal_form";
import type { GoalFormShown, GoalWords } from "../app/screens/shown";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { dueOf } from "../views/goals";
import { number, text } from "../views/reading";
import type { Journal } from "./journal";

/** A form that is open: its goal, and what its fields held when it was opened. */
const opened = signal<{ readonly id: string; readonly words: GoalWords } | undefined>(undefined);

export function formShown(journal: Journal, id: string): GoalFormShown | null {
  const { state } = journal.seen.value;
  if (!state.visible("goal").includes(id)) return null;
  const now = wordsOf(state, id);
  if (opened.peek()?.id !== id) opened.value = { id, words: now };
  const { words } = opened.peek()!;
  const changed = Object.entries(now).filter(([name, value]) => value !== words[name as keyof GoalWords]);
  return changed.length ? { id, words, meanwhile: Object.fromEntries(changed) as Partial<GoalWords> } : { id, words };
}

/** The form was left, or what it held was kept: the next one begins with what there is then. */
export function closeForm(): void {
  opened.value = undefined;
}

/** What a goal's form holds. */
export function wordsOf(state: State, id: string): GoalWords {
  const fields = state.fields("goal", id);
  const measure = text(fields, "measure");
  return {
    ...NO_WORDS,
    title: text(fields, "title"),
    why: text(fields, "why"),
    looksLike: text(fields, "looks_like"),
    helps: text(fields, "helps"),
    question: measure ? text(state.fields("measure", measure), "question") : "",
    due: dueOf(fields),
    importance: number(fields, "importance") ?? null,
    confidence: number(fields, "confidence") ?? null,
  };
}

const FIELDS = [
  ["title", "title"], ["why", "why"], ["looksLike", "looks_like"], ["helps", "helps"], ["due", "due"],
  ["importance", "importance"], ["confidence", "confidence"],
] as const;

/** The fields in which words differ from others; null empties one. */
export function changedFields(words: GoalWords, from: GoalWords): Fields {
  const changed = FIELDS.filter(([name]) => tidied(words[name]) !== tidied(from[name]));
  return Object.fromEntries(changed.map(([name, field]) => [field, tidied(words[name])]));
}

function tidied(value: string | number | null): string | number | null {
  return typeof value === "string" ? value.trim() || null : value;
}
