/** Reflections as they are shown, and writing them: as the terminal does. */

import type { ReflectionActs, ReflectionShown, ReflectionWords } from "../app/parts/reflections";
import type { Json } from "../core/generated/payloads";
import type { Reflection } from "../core/generated/views";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { newId } from "../device/ids";
import { by, every } from "../views/entities";
import { given, text } from "../views/fields";
import type { Session } from "../views/sessions";
import { act, carried } from "./acting";
import { endingPartOf } from "./ending_parts";
import type { Journal } from "./journal";
import { asNow, broughtBack } from "./putting_back";
import type { Draft } from "./refusing";
import { refuseUnseen } from "./unseen";

/** All that fit, the newest first. `sessionOf` finds the session that one is about. */
export function reflectionsShown(
  journal: Journal,
  sessionOf: (id: string) => Session | undefined,
  fits: (one: Reflection) => boolean = () => true,
): ReflectionShown[] {
  const { state } = journal.seen.value;
  const endingPart = endingPartOf(state.journal);
  const found = every(state, "reflection").filter(fits).sort(by(({ on, changed_at, id }) => [on, changed_at, id])).reverse();
  return found.map((one) => {
    const session = one.session === null ? undefined : sessionOf(one.session);
    const title = one.goal === null ? "" : text(state.fields("goal", one.goal), "title");
    return given<ReflectionShown>({
      id: one.id,
      on: one.on,
      words: wordsOf(state, one.id),
      by: journal.nameOf(one.actor),
      mine: journal.isOwn(one.actor) && journal.rights.value.talk,
      goal: one.goal !== null && title ? { id: one.goal, title } : undefined,
      ending: endingPart(one.id),
      session: session && { id: session.id, start: session.start.at },
    });
  });
}

export function reflectionActs(journal: Journal): ReflectionActs {
  return carried<ReflectionActs>({
    writeReflection: (words) => {
      const id = newId();
      const fields = given<Record<string, Json>>({ id, on: journal.today.value, ...said(words) });
      return act(journal, () => [{ type: "reflection.written", fields }], "done.reflection", () => [{ type: "reflection.retracted", fields: { id } }]);
    },
    reviseReflection: (id, words, seen) =>
      act(journal, (state) => rewritten(state, id, words, seen), "done.words", (state) => putBack(state, id, words)),
    takeBackReflection: (id) => act(journal, () => [{ type: "reflection.retracted", fields: { id } }], "done.taken_back", (state) => broughtBack(state, "reflection", id)),
  });
}

function wordsOf(state: State, id: string): ReflectionWords {
  const fields = state.fields("reflection", id);
  const [goal, session] = [text(fields, "goal"), text(fields, "session")];
  return { text: text(fields, "text"), takeaway: text(fields, "takeaway"), about: goal ? `goal ${goal}` : session ? `session ${session}` : "" };
}

/** What is said, where it is said; what is only to be taken along is the words as well. */
function said({ text, takeaway, about }: ReflectionWords): { [name: string]: Json | undefined } {
  const [kind = "", id = ""] = about.split(" ");
  return { text: text.trim() || takeaway.trim(), takeaway: takeaway.trim() || undefined, ...(kind ? { [kind]: id } : {}) };
}

function changed(words: ReflectionWords, from: ReflectionWords): (keyof ReflectionWords)[] {
  return (["text", "takeaway", "about"] as const).filter((name) => words[name].trim() !== from[name].trim());
}

/** The fields that one is changed in; null empties one. */
function changedFields(words: ReflectionWords, from: ReflectionWords): Fields {
  const { text = null, takeaway = null, goal = null, session = null } = said(words);
  const together: Record<keyof ReflectionWords, Fields> = { text: { text }, takeaway: { takeaway }, about: { goal, session } };
  return Object.assign({}, ...changed(words, from).map((name) => together[name])) as Fields;
}

function rewritten(state: State, id: string, words: ReflectionWords, seen: ReflectionWords): Draft[] {
  const now = wordsOf(state, id);
  refuseUnseen(changed(words, now), now, seen);
  const fields = changedFields(words, now);
  return Object.keys(fields).length ? [{ type: "reflection.revised", fields: { id, ...fields } }] : [];
}

function putBack(state: State, id: string, words: ReflectionWords): Draft[] {
  const names = Object.keys(changedFields(words, wordsOf(state, id)));
  return names.length ? [{ type: "reflection.revised", fields: { id, ...asNow(state, "reflection", id, names) } }] : [];
}
