/**
 * The form of a goal: what it begins with, and which of its words are new. A form is about what it was begun from: only what
 * somebody changed in it is written, and what was changed elsewhere meanwhile is shown beside it before that.
 */

import { NO_WORDS } from "../app/screens/goal_form";
import type { GoalFormShown, GoalWords } from "../app/screens/shown";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { dayIn, number, text } from "../views/fields";
import type { Journal } from "./journal";

export function formShown(journal: Journal, id: string): GoalFormShown | null {
  const { state } = journal.seen.value;
  if (!state.visible("goal").includes(id)) return null;
  const words = wordsOf(state, id);
  return { id, words, base: words };
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
    due: dayIn(fields["due"]),
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
