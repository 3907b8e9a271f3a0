/**
 * The form of a goal: what it begins with, and which of its words are new. What differs from how the goal is now is written;
 * what was changed elsewhere meanwhile is shown beside it before that.
 */

import { go } from "../../app/router";
import type { GoalFormActs, GoalFormPage } from "../../app/screens/goal_form";
import { NO_WORDS, type GoalWords, type PracticeWords } from "../../app/screens/shown";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import type { State } from "../../core/journal";
import type { Fields } from "../../core/reading";
import { newId } from "../../device/ids";
import { dayIn, number, text } from "../../views/fields";
import { goals } from "../../views/goals";
import { act, carried } from "../acting";
import { examples, fetchExamples } from "../examples";
import { followedAnew, followedAsWas, followOf, measured } from "../following";
import type { Journal } from "../journal";
import { placeBetween, step } from "../placing";
import { propose } from "../proposals";
import type { Draft } from "../refusing";
import { refuseUnseen } from "../unseen";

export function goalForm(journal: Journal, id: string): GoalFormPage | null {
  const { state } = journal.seen.value;
  const acts = goalFormActs(journal);
  const { change, propose: mayPropose } = journal.rights.value;
  const proposes = !change ? "only" as const : mayPropose && journal.members.value.length > 1 ? "also" as const : undefined;
  const also = proposes && { proposes };
  if (!mayPropose) return null;
  if (!id) return { shown: { words: NO_WORDS, ...also, ...(examples.value && { examples: examples.value }) }, acts };
  if (!state.visible("goal").includes(id)) return null;
  const words = wordsOf(state, id);
  return { shown: { id, words, ...also }, acts };
}

function goalFormActs(journal: Journal): GoalFormActs {
  return carried<GoalFormActs>({
    keepGoal: async (id, words, seen) => {
      const goal = id ?? newId();
      const kept = id === undefined
        ? await act(journal, (state) => newGoal(state, goal, words, journal.today.value), "done.goal", () => [{ type: "goal.retracted", fields: { id: goal } }], "open", () => go("goals"))
        : await revise(journal, goal, words, seen);
      if (kept) go("goal", goal);
      return kept;
    },
    askExamples: fetchExamples,
    proposeGoal: async (id, words, seen, why) => {
      const fields = changedFields(id === undefined ? inOneLine(words) : words, id === undefined ? NO_WORDS : seen);
      if (Object.keys(fields).length === 0) {
        done(say("refused.as_it_is"));
        return false;
      }
      const kept = await propose(journal, { kind: "goal", id: id ?? newId(), fields }, why);
      if (kept) go("together");
      return kept;
    },
  });
}

function revise(journal: Journal, goal: string, words: GoalWords, seen: GoalWords): Promise<boolean> {
  let drafts: Draft[] = [];
  const made = (state: State): Draft[] => (drafts = reworded(state, goal, words, seen));
  return act(journal, made, "done.words", (state) => [...putBack(state, goal, words), ...followedAsWas(state, drafts)]);
}

/** What a goal's form holds. */
function wordsOf(state: State, id: string): GoalWords {
  const fields = state.fields("goal", id);
  return {
    ...NO_WORDS,
    title: text(fields, "title"),
    why: text(fields, "why"),
    looksLike: text(fields, "looks_like"),
    helps: text(fields, "helps"),
    follow: followOf(state, text(fields, "measure") || null),
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
function changedFields(words: GoalWords, from: GoalWords): Fields {
  return Object.fromEntries(changed(words, from).map(([name, field]) => [field, tidied(words[name])]));
}

function changed(words: GoalWords, from: GoalWords): (typeof FIELDS)[number][] {
  return FIELDS.filter(([name]) => tidied(words[name]) !== tidied(from[name]));
}

function tidied(value: string | number | null): string | number | null {
  return typeof value === "string" ? value.trim() || null : value;
}

/** A title is one line, however it was typed. */
function inOneLine(words: GoalWords): GoalWords {
  return { ...words, title: words.title.replace(/\s+/g, " ") };
}

function newGoal(state: State, id: string, words: GoalWords, on: string): Draft[] {
  const last = goals(state).reduce((highest, { rank }) => (rank > highest ? rank : highest), "");
  const { title = "", ...fields } = changedFields(inOneLine(words), wordsOf(state, id));
  const rank = placeBetween(last, "");
  const { kind, area } = words;
  const begun = { ...(kind && { kind }), ...(area && { area }), ...(rank ? { rank } : {}) };
  const made: Draft = { type: "goal.created", fields: { id, title, ...begun, ...fields } };
  return [made, ...measured(id, words.follow), ...stepsOf(state, id, words.steps), ...practicesOf(id, words.practices, on)];
}

/** The steps that have words, in their order, behind all that there are. */
function stepsOf(state: State, goal: string, titles: readonly string[]): Draft[] {
  let last: string | undefined;
  return titles.filter((title) => title.trim()).map((title) => {
    const draft = step(state, newId(), goal, title.trim(), last);
    last = text(draft.fields, "rank");
    return draft;
  });
}

function practicesOf(goal: string, practices: readonly PracticeWords[], on: string): Draft[] {
  return practices.filter(({ title }) => title.trim()).map(({ title, recurrence, minutes }) => ({
    type: "practice.added",
    fields: { id: newId(), title: title.trim().replace(/\s+/g, " "), recurrence, start: on, goal, ...(minutes === null ? {} : { minutes }) },
  }));
}

/** Other words for a goal than it has, and another way to follow it. */
function reworded(state: State, id: string, words: GoalWords, seen: GoalWords): Draft[] {
  const now = wordsOf(state, id);
  const followed = followedAnew(id, text(state.fields("goal", id), "measure"), words.follow, now.follow);
  refuseUnseen([...changed(words, now).map(([name]) => name), ...(followed.length ? ["follow" as const] : [])], told(now), told(seen));
  const fields = changedFields(words, now);
  const revised: Draft[] = Object.keys(fields).length ? [{ type: "goal.revised", fields: { id, ...fields } }] : [];
  return [...revised, ...followed];
}

/** The same, to be compared member by member. */
function told(words: GoalWords): { [Name in keyof GoalWords]: unknown } {
  return { ...words, follow: JSON.stringify(words.follow) };
}

/** What undoes that: the fields that it changes, as they are now. */
function putBack(state: State, id: string, words: GoalWords): Draft[] {
  const fields = changedFields(wordsOf(state, id), words);
  return Object.keys(fields).length ? [{ type: "goal.revised", fields: { id, ...fields } }] : [];
}
