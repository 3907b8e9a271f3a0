/** The ending page: what was written on it, and what the journal holds besides. */

import { ENDING_PARTS, type EndingPart } from "../../app/parts/endings";
import type { EndingActs, EndingPage, EndingShown, ThenNowShown } from "../../app/screens/ending";
import type { State } from "../../core/journal";
import { by, every } from "../../views/entities";
import { given, text } from "../../views/fields";
import { thenNow, type ThenNow } from "../../views/then_now";
import { act, carried } from "../acting";
import { goalsBegan } from "../began";
import { endingId, endingPartOf } from "../ending_parts";
import type { Journal } from "../journal";
import { broughtBack } from "../putting_back";
import type { Draft } from "../refusing";
import { planShown } from "../shown";
import { refuseUnseen } from "../unseen";

export function ending(journal: Journal): EndingPage | null | undefined {
  if (!journal.rights.value.own) return null;
  const began = goalsBegan(journal);
  if (!began) return undefined;
  const { state } = journal.seen.value;
  const goals = journal.goals.value;
  const isAnswer = endingPartOf(state.journal);
  const reflections = every(state, "reflection").filter(({ id, actor }) => !isAnswer(id) && journal.isOwn(actor));
  const shown: EndingShown = {
    on: journal.today.value,
    own: Object.fromEntries(ENDING_PARTS.map((part) => [part, written(state, part)]).filter(([, words]) => words)),
    helps: goals.filter(({ helps }) => helps).map(({ id, title, helps }) => ({ id, title, text: helps ?? "" })),
    plan: planShown(state),
    takeaways: reflections
      .filter(({ takeaway }) => takeaway)
      .sort(by(({ on, changed_at, id }) => [on, changed_at, id]))
      .map(({ id, on, takeaway }) => ({ id, on, text: takeaway ?? "" })),
    thenNow: thenNow(state, began).map((one) => thenNowShown(one, isAnswer)).filter(({ put, first }) => put || first),
    goals: goals.map(({ id, title, status, reflection }) =>
      given<EndingShown["goals"][number]>({ id, title, status: status === "achieved" || status === "let_go" ? status : "open", reflection: reflection || undefined }),
    ),
  };
  return { shown, acts: endingActs(journal) };
}

/** Two sayings, of two days; what was answered here is no saying of then or now. */
function thenNowShown({ goal, title, wordings, first, latest }: ThenNow, isAnswer: (id: string) => unknown): ThenNowShown {
  const put = wordings.find(({ field, then, now }) => field === "title" && then && now)?.then;
  const both = first && latest && first.on !== latest.on && !isAnswer(first.id) && !isAnswer(latest.id);
  return given<ThenNowShown>({
    id: goal ?? "",
    title,
    put: typeof put === "string" ? put : undefined,
    first: both ? { on: first.on, text: first.text } : undefined,
    latest: both ? { on: latest.on, text: latest.text } : undefined,
  });
}

function written(state: State, part: EndingPart): string {
  const id = endingId(state.journal, part);
  return state.visible("reflection").includes(id) ? text(state.fields("reflection", id), "text") : "";
}

function endingActs(journal: Journal): EndingActs {
  return carried<EndingActs>({
    keepEnding: (part, words, seen) =>
      act(journal, (state) => answered(state, part, words.trim(), seen, journal.today.value), "done.reflection", (state) => answeredBefore(state, part)),
  });
}

function answered(state: State, part: EndingPart, words: string, seen: string, on: string): Draft[] {
  const id = endingId(state.journal, part);
  const now = written(state, part);
  if (words === now) return [];
  refuseUnseen(["text"], { text: now }, { text: seen });
  if (!words) return [{ type: "reflection.retracted", fields: { id } }];
  const isThere = state.entities.get("reflection")?.has(id) ?? false;
  return [isThere ? { type: "reflection.revised", fields: { id, on, text: words } } : { type: "reflection.written", fields: { id, on, text: words } }];
}

/** What undoes an answer: what was there before. */
function answeredBefore(state: State, part: EndingPart): Draft[] {
  const id = endingId(state.journal, part);
  if (!state.visible("reflection").includes(id)) return [{ type: "reflection.retracted", fields: { id } }];
  const [again] = broughtBack(state, "reflection", id);
  return again ? [{ ...again, fields: { ...again.fields, on: text(state.fields("reflection", id), "on") } }] : [];
}
