/** What people do on the screens, as events: each is written at once, said in a word, and can be undone from there. */

import type { Acts } from "../app/screens/acts";
import type { GoalStatus } from "../app/screens/shown";
import { say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { rankBetween } from "../core/rank";
import { newId } from "../device/ids";
import { those } from "../views/entities";
import { given, text } from "../views/fields";
import { goals } from "../views/goals";
import { act, carried } from "./acting";
import type { Journal } from "./journal";
import { placeBetween, step } from "./placing";
import { prefer } from "./preferences";
import { propose } from "./proposals";
import { Refusal, type Draft } from "./refusing";
import { hints } from "./shown";

export function actsOn(journal: Journal): Acts {
  const on = () => journal.today.value;
  return carried<Acts>({
    checkIn: (subject, { value, note, on: day }) => {
      const id = newId();
      if (day > on()) throw new Refusal(say("refused.day_to_come"));
      return act(journal, (state) => [checkin(state, id, subject, day || on(), value, note)], "done.checkin", () => [{ type: "checkin.retracted", fields: { id } }]);
    },
    practised: (subject) => {
      const id = newId();
      const fields = { id, subject, on: on(), occurrence: on() };
      return act(journal, () => [{ type: "checkin.recorded", fields }], "done.practised", () => [{ type: "checkin.retracted", fields: { id } }]);
    },
    notPractised: (subject) =>
      act(journal, (state) => saidOn(state, subject, on()).map((id) => ({ type: "checkin.retracted", fields: { id } })), "done.not_practised", () => [
        { type: "checkin.recorded", fields: { id: newId(), subject, on: on(), occurrence: on() } },
      ]),
    bring: (topic) => {
      const id = newId();
      return act(journal, () => [{ type: "topic.added", fields: { id, text: topic } }], "done.topic", () => [{ type: "topic.retracted", fields: { id } }]);
    },
    dropTopic: (id) =>
      act(journal, () => [{ type: "topic.status_changed", fields: { id, status: "dropped", on: on() } }], "done.topic_dropped", () => [
        { type: "topic.status_changed", fields: { id, status: "open", on: on() } },
      ]),
    moveGoal: (goal, before) => act(journal, (state) => moved(state, goal, before), "done.moved", (state) => placed(state, goal)),
    setStatus: (id, to) => act(journal, () => [turned(id, to, on())], "done.status", (state) => [asWas(state, "goal", id, "active", on())]),
    addStep: (goal, title) => {
      const id = newId();
      if (!journal.rights.value.change) return propose(journal, { kind: "milestone", id, fields: { goal, title } });
      return act(journal, (state) => [step(state, id, goal, title)], "done.step", () => [{ type: "milestone.retracted", fields: { id } }]);
    },
    reachStep: (id, reached) =>
      act(journal, () => [{ type: "milestone.status_changed", fields: { id, status: reached ? "reached" : "planned", on: on() } }], reached ? "done.reached" : "done.open", (state) => [
        asWas(state, "milestone", id, "planned", on()),
      ]),
    askHint: (goal) => {
      hints.value = new Set([...hints.value, goal]);
    },
    lookBack: (id, words) =>
      act(journal, (state) => [{ type: "goal.status_changed", fields: { ...asWas(state, "goal", id, "active", on()).fields, reflection: words } }], "done.reflection", (state) => [
        asWas(state, "goal", id, "active", on()),
      ]),
    chooseRegion: (region) => prefer(journal.device, { region }),
  });
}

function checkin(state: State, id: string, subject: string, on: string, value: number | null, note: string): Draft {
  const measure = text(state.fields("goal", subject), "measure");
  const answered = value !== null && measure ? { measure } : {};
  return { type: "checkin.recorded", fields: given<Record<string, Json>>({ id, on, subject, ...answered, value: value ?? undefined, note: note || undefined }) };
}

/** What was said of something for a day. */
function saidOn(state: State, subject: string, on: string): string[] {
  return [...those(state, "checkin", (fields) => fields["subject"] === subject && (fields["occurrence"] ?? fields["on"]) === on).keys()];
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

function placed(state: State, goal: string): Draft[] {
  const rank = text(state.fields("goal", goal), "rank");
  return rank ? [{ type: "goal.ranked", fields: { id: goal, rank } }] : [];
}
