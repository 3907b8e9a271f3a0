/** What people do on the screens, as events: each is written at once, said in a word, and can be undone from there. */

import { go } from "../app/router";
import type { Acts } from "../app/screens/acts";
import type { GoalStatus, GoalWords } from "../app/screens/shown";
import { PLAN_PARTS } from "../app/screens/shown";
import { done } from "../app/toasts";
import { say, type Key } from "../app/words/words";
import { TooLong } from "../core/errors";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { rankBetween } from "../core/rank";
import { newId } from "../device/device";
import { given, text } from "../views/fields";
import { goals } from "../views/goals";
import { conflicts } from "../views/conflicts";
import { daysAfter, sessionsBetween } from "../views/sessions";
import { settled } from "../views/settling";
import { nameOf } from "./conflicts";
import { changedFields, wordsOf } from "./form";
import type { Journal } from "./journal";
import { prefer } from "./preferences";
import { Refusal, type Draft } from "./refusing";
import { hints } from "./shown";

const FAR_DAYS = 366;
type Made = (state: State) => readonly Draft[];

export function actsOn(journal: Journal): Acts {
  const on = () => journal.today.value;

  /** Writes, and then offers to undo it by what `back` writes, made of the state before. */
  async function act(made: Made, said: Key, back?: Made): Promise<boolean> {
    let undo: readonly Draft[] = [];
    const refused = await journal.write((state) => {
      const drafts = made(state);
      undo = back?.(state) ?? [];
      return drafts;
    });
    if (refused) {
      done(refused.message);
      return false;
    }
    done(say(said), undo.length ? () => void journal.write(() => undo) : null);
    return true;
  }

  const acts: { [Name in Exclude<keyof Acts, "connect">]: (...given: Parameters<Acts[Name]>) => unknown } = {
    checkIn: (subject, { value, note }) => {
      const id = newId();
      return act((state) => [checkin(state, id, subject, on(), value, note)], "done.checkin", () => [{ type: "checkin.retracted", fields: { id } }]);
    },
    practised: (subject) => {
      const id = newId();
      const fields = { id, subject, on: on(), occurrence: on() };
      return act(() => [{ type: "checkin.recorded", fields }], "done.practised", () => [{ type: "checkin.retracted", fields: { id } }]);
    },
    bring: (topic) => {
      const id = newId();
      return act(() => [{ type: "topic.added", fields: { id, text: topic } }], "done.topic", () => [{ type: "topic.retracted", fields: { id } }]);
    },
    dropTopic: (id) =>
      act(() => [{ type: "topic.status_changed", fields: { id, status: "dropped", on: on() } }], "done.topic_dropped", () => [
        { type: "topic.status_changed", fields: { id, status: "open", on: on() } },
      ]),
    moveGoal: (goal, before) => act((state) => moved(state, goal, before), "done.moved", (state) => placed(state, goal)),
    setStatus: (id, to) => act(() => [turned(id, to, on())], "done.status", (state) => [asWas(state, "goal", id, "active", on())]),
    keepGoal: async (id, words, base) => {
      const goal = id ?? newId();
      const kept = id === undefined
        ? await act((state) => newGoal(state, goal, words), "done.goal", () => [{ type: "goal.retracted", fields: { id: goal } }])
        : await act(() => reworded(goal, words, base as GoalWords), "done.words", (state) => putBack(state, goal, words));
      if (kept) go("goal", goal);
      return kept;
    },
    addStep: (goal, title) => {
      const id = newId();
      return act((state) => [step(state, id, goal, title)], "done.step", () => [{ type: "milestone.retracted", fields: { id } }]);
    },
    reachStep: (id, reached) =>
      act(() => [{ type: "milestone.status_changed", fields: { id, status: reached ? "reached" : "planned", on: on() } }], reached ? "done.reached" : "done.open", (state) => [
        asWas(state, "milestone", id, "planned", on()),
      ]),
    askHint: (goal) => {
      hints.value = new Set([...hints.value, goal]);
    },
    keepPlan: async (plan) => {
      const kept = await act((state) => planned(state, plan), "done.plan", (state) => planned(state, Object.fromEntries(PLAN_PARTS.map((part) => [part, text(state.fields("plan", state.journal), part)])), plan));
      if (kept) go("plan");
      return kept;
    },
    reflect: (session, words, takeaway) => {
      const id = newId();
      const fields = given<Record<string, Json>>({ id, session, on: on(), text: words || takeaway, takeaway: takeaway || undefined });
      return act((state) => [...writtenDown(state, session, on()), { type: "reflection.written", fields }], "done.reflection", () => [{ type: "reflection.retracted", fields: { id } }]);
    },
    settle: (conflict, keep) => {
      return act((state) => {
        const one = conflicts(state).find((waiting) => nameOf(waiting) === conflict);
        const version = one && [one.a, one.b, ...one.others].find(({ write }) => "write" in keep && write === keep.write);
        const value = "words" in keep ? keep.words : version?.value;
        if (!one || value === undefined) throw new Refusal(say("refused.settled"));
        return settled(state, one.kind, one.id, one.field, value) ?? [];
      }, "done.settled");
    },
    decide: (id, accepted) =>
      act((state) => [decided(state, id, accepted, on())], accepted ? "done.accepted" : "done.declined"),
    lookBack: (id, words) =>
      act((state) => [{ type: "goal.status_changed", fields: { ...asWas(state, "goal", id, "active", on()).fields, reflection: words } }], "done.reflection", (state) => [
        asWas(state, "goal", id, "active", on()),
      ]),
    set: async ({ timeZone, ...preferred }) => {
      if (Object.keys(preferred).length) await prefer(journal.device, preferred);
      if (timeZone) await act(() => [{ type: "journal.revised", fields: { time_zone: timeZone } }], "done.set");
    },
    rest: (rest) =>
      act(() => [rest ? restUntil(rest.until ?? null, on()) : { type: "rest.ended", fields: { on: on() } }], rest ? "done.rest" : "done.rest_ended", (state) => [
        restAsWas(state, on()),
      ]),
    syncNow: () => journal.link.now(),
  };
  const noted = (error: unknown): false => {
    done(inWords(error));
    return false;
  };
  const carried = Object.entries(acts).map(([name, carryOut]) => {
    const carry = carryOut as (...given: never[]) => unknown;
    return [name, (...given: never[]) => Promise.resolve(carry(...given)).catch(noted)];
  });
  return { ...(Object.fromEntries(carried) as unknown as Omit<Acts, "connect">), connect: (code, name) => connected(journal, code, name) };
}

function inWords(error: unknown): string {
  if (error instanceof TooLong) return say("refused.too_long", { n: error.length, most: error.most });
  return error instanceof Error ? error.message : String(error);
}

/** Pairs this browser; gives back what is wrong, in words. */
async function connected(journal: Journal, code: string, name: string): Promise<string> {
  try {
    const { pair, Server } = await import("../device/pairing");
    await pair(journal.device, new Server(journal.link.url), code, name);
  } catch (error) {
    return inWords(error);
  }
  journal.id.value = "";
  await journal.link.connected();
  await journal.refresh();
  done(say("connect.done"));
  return "";
}

function checkin(state: State, id: string, subject: string, on: string, value: number | null, note: string): Draft {
  const measure = text(state.fields("goal", subject), "measure");
  const answered = value !== null && measure ? { measure } : {};
  return { type: "checkin.recorded", fields: given<Record<string, Json>>({ id, on, subject, ...answered, value: value ?? undefined, note: note || undefined }) };
}

function turned(id: string, to: GoalStatus, on: string): Draft {
  return { type: "goal.status_changed", fields: { id, status: to, on } };
}

/** The status that something has now, to be written again. */
function asWas(state: State, kind: "goal" | "milestone", id: string, first: string, on: string): Draft {
  const fields = state.fields(kind, id);
  const was = { id, status: text(fields, "status") || first, on: text(fields, "on") || on };
  const reflection = kind === "goal" ? text(fields, "reflection") : "";
  return { type: `${kind}.status_changed`, fields: reflection ? { ...was, reflection } : was };
}

function restUntil(until: string | null, on: string): Draft {
  if (until !== null && until < on) throw new Refusal(say("refused.rest_past"));
  return { type: "rest.set", fields: { on, until } };
}

/** The rest that there is now, to be set again. */
function restAsWas(state: State, on: string): Draft {
  const { resting, until, ...rest } = state.fields("rest", state.journal);
  if (resting !== true) return { type: "rest.ended", fields: { on } };
  return { type: "rest.set", fields: { on: text(rest, "on") || on, until: until ?? null } };
}

/** A goal comes before another, or at the end of those that are there. */
function moved(state: State, goal: string, before: string | null): Draft[] {
  const others = goals(state).filter(({ id }) => id !== goal);
  const at = before === null ? others.length : others.findIndex(({ id }) => id === before);
  const rank = (place: number) => others[place]?.rank ?? "";
  const key = placeBetween(rank(at - 1), rank(at));
  if (key !== undefined) return [{ type: "goal.ranked", fields: { id: goal, rank: key } }];
  // Two goals made at once on two devices may share a place: all get new ones, in the order in which they stand.
  const order = [...others.slice(0, at).map(({ id }) => id), goal, ...others.slice(at).map(({ id }) => id)];
  let last = "";
  return order.map((id) => ({ type: "goal.ranked", fields: { id, rank: (last = rankBetween(last, "")) } }));
}

/** A place between two; undefined where there is none, since two were made at once, or by a device that orders otherwise. */
function placeBetween(before: string, after: string): string | undefined {
  try {
    return rankBetween(before, after);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function placed(state: State, goal: string): Draft[] {
  const rank = text(state.fields("goal", goal), "rank");
  return rank ? [{ type: "goal.ranked", fields: { id: goal, rank } }] : [];
}

function newGoal(state: State, id: string, words: GoalWords): Draft[] {
  const last = goals(state).reduce((highest, { rank }) => (rank > highest ? rank : highest), "");
  const { title = "", ...fields } = changedFields({ ...words, title: words.title.replace(/\s+/g, " ") }, wordsOf(state, id));
  const rank = placeBetween(last, "");
  const made: Draft = { type: "goal.created", fields: { id, title, ...(rank ? { rank } : {}), ...fields } };
  const first = words.firstStep.trim();
  return [made, ...(first ? [step(state, newId(), id, first)] : []), ...measured(id, words.question)];
}

/** Other words for a goal than the form was begun from; an answer to another question begins a new measure. */
function reworded(id: string, words: GoalWords, base: GoalWords): Draft[] {
  const fields = changedFields(words, base);
  const revised: Draft[] = Object.keys(fields).length ? [{ type: "goal.revised", fields: { id, ...fields } }] : [];
  return words.question.trim() === base.question ? revised : [...revised, ...measured(id, words.question)];
}

/** What undoes that: the fields that it changes, as they are now. */
function putBack(state: State, id: string, words: GoalWords): Draft[] {
  const fields = changedFields(wordsOf(state, id), words);
  return Object.keys(fields).length ? [{ type: "goal.revised", fields: { id, ...fields } }] : [];
}

function measured(goal: string, question: string): Draft[] {
  if (!question.trim()) return [];
  const id = newId();
  return [
    { type: "measure.defined", fields: { id, goal, type: "scale", question: question.trim(), low: 0, high: 10 } },
    { type: "goal.revised", fields: { id: goal, measure: id } },
  ];
}

function step(state: State, id: string, goal: string, title: string): Draft {
  const last = [...(state.entities.get("milestone")?.keys() ?? [])].reduce((highest, one) => {
    const rank = text(state.fields("milestone", one), "rank");
    return rank > highest ? rank : highest;
  }, "");
  const rank = placeBetween(last, "");
  return { type: "milestone.added", fields: { id, goal, title: title.replace(/\s+/g, " "), ...(rank ? { rank } : {}) } };
}

function planned(state: State, plan: Partial<Record<string, string>>, from?: Partial<Record<string, string>>): Draft[] {
  const now = from ?? Object.fromEntries(PLAN_PARTS.map((part) => [part, text(state.fields("plan", state.journal), part)]));
  const changed = PLAN_PARTS.filter((part) => (plan[part] ?? "").trim() !== (now[part] ?? "").trim());
  const isNew = !state.entities.get("plan")?.has(state.journal);
  const fields = Object.fromEntries(changed.map((part) => [part, plan[part]?.trim() || null]));
  if (changed.length === 0) return [];
  return [isNew ? { type: "plan.written", fields: Object.fromEntries(Object.entries(fields).filter(([, words]) => words !== null)) } : { type: "plan.revised", fields }];
}

/** An occurrence that nobody has touched yet is written down before something is said of it. */
function writtenDown(state: State, session: string, on: string): Draft[] {
  const found = sessionsBetween(state, daysAfter(on, -FAR_DAYS), daysAfter(on, FAR_DAYS)).find((one) => one.id === session);
  if (!found?.isGiven) return [];
  const { id, start, series, place, minutes } = found;
  const said = given<Record<string, Json>>({ place: place || undefined, minutes });
  return [{ type: "session.scheduled", fields: { id, start: { ...start }, original: { ...start }, series, ...said } }];
}

/** An answer to a proposal; agreeing sets what was proposed, if it is still about what was there. */
function decided(state: State, id: string, accepted: boolean, on: string): Draft {
  const fields = state.fields("proposal", id);
  if (fields["decision"]) throw new Refusal(say("refused.decided"));
  const answer = { id, decision: accepted ? "accepted" : "declined", on };
  return { type: "proposal.decided", fields: accepted ? { ...answer, accepted: fields["change"] ?? null } : answer };
}
