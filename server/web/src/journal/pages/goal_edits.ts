/** Putting right what belongs to a goal, as events: the same that the terminal writes. */

import type { GoalEditsActs, GoalEditsPage, GoalEditsShown, PracticeWords, SaidWords, StepWords } from "../../app/screens/goal_edits";
import type { Json } from "../../core/generated/payloads";
import type { Practice } from "../../core/generated/views";
import type { State } from "../../core/journal";
import type { Fields } from "../../core/reading";
import { newId } from "../../device/ids";
import { dayIn, given, number, text } from "../../views/fields";
import { goalPage } from "../../views/goals";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { askedOf } from "../measures";
import { asNow, broughtBack } from "../putting_back";
import type { Draft } from "../refusing";
import { refuseUnseen } from "../unseen";

export function goalEdits(journal: Journal, id: string): GoalEditsPage | null {
  const { state } = journal.seen.value;
  if (!state.visible("goal").includes(id)) return null;
  const { goal, practices } = goalPage(state, id);
  const shown: GoalEditsShown = {
    on: journal.today.value,
    goal: id,
    steps: goal.milestones.map((one) => ({ id: one.id, status: one.status, words: stepWords(state, one.id) })),
    practices: practices.map((one: Practice) => ({ id: one.id, status: one.status, words: practiceWords(state, one.id) })),
    said: goal.checkins
      .filter(({ actor }) => journal.isOwn(actor))
      .map((one) => ({ id: one.id, on: one.on, asked: typeof one.value === "string" ? null : askedOf(state, one.measure), words: saidWords(state, one.id) }))
      .reverse(),
  };
  return { shown, acts: editsActs(journal) };
}

function editsActs(journal: Journal): GoalEditsActs {
  const on = () => journal.today.value;
  return carried<GoalEditsActs>({
    reviseStep: (id, words, seen) => act(journal, (state) => STEP.put(state, id, words, seen), "done.words", (state) => STEP.back(state, id, words)),
    turnStep: (id, status) => act(journal, () => [turned("milestone", id, status, on())], "done.turned", (state) => [turnedBack(state, "milestone", id, "planned", on())]),
    addPractice: (goal, words) => {
      const id = newId();
      const { title = "", recurrence = "", minutes = null } = PRACTICE.fieldsOf(words);
      const fields = given<Record<string, Json>>({ id, goal, title, recurrence, start: on(), minutes: minutes ?? undefined });
      return act(journal, () => [{ type: "practice.added", fields }], "done.practice", () => [{ type: "practice.retracted", fields: { id } }]);
    },
    revisePractice: (id, words, seen) => act(journal, (state) => PRACTICE.put(state, id, words, seen), "done.words", (state) => PRACTICE.back(state, id, words)),
    turnPractice: (id, status) => act(journal, () => [turned("practice", id, status, on())], "done.turned", (state) => [turnedBack(state, "practice", id, "active", on())]),
    amendCheckin: (id, words, seen) => act(journal, (state) => SAID.put(state, id, words, seen), "done.words", (state) => SAID.back(state, id, words)),
    takeBackCheckin: (id) => act(journal, () => [{ type: "checkin.retracted", fields: { id } }], "done.taken_back", (state) => broughtBack(state, "checkin", id)),
  });
}

/** Writes other words of one kind of entity: only the fields in which they differ, and nothing over what nobody was shown. */
class Revising<Words extends object> {
  constructor(
    readonly kind: string,
    readonly type: string,
    readonly names: readonly (keyof Words & string)[],
    readonly wordsOf: (state: State, id: string) => Words,
    readonly fieldsOf: (words: Words) => Record<keyof Words & string, Json>,
    /** What has to be written with a field, as it is now. */
    readonly together: Readonly<Record<string, string>> = {},
  ) {}

  put(state: State, id: string, words: Words, seen: Words): Draft[] {
    const now = this.wordsOf(state, id);
    const names = this.#changed(words, now);
    refuseUnseen(names, now, seen);
    const fields = this.fieldsOf(words);
    return this.#revised(state, id, Object.fromEntries(names.map((name) => [name, fields[name]])));
  }

  /** What undoes that, made of the state before. */
  back(state: State, id: string, words: Words): Draft[] {
    return this.#revised(state, id, asNow(state, this.kind, id, this.#changed(words, this.wordsOf(state, id))));
  }

  #changed(words: Words, now: Words): (keyof Words & string)[] {
    const [wanted, there] = [this.fieldsOf(words), this.fieldsOf(now)];
    return this.names.filter((name) => wanted[name] !== there[name]);
  }

  #revised(state: State, id: string, fields: Fields): Draft[] {
    if (Object.keys(fields).length === 0) return [];
    const with_ = Object.entries(this.together).filter(([name]) => name in fields).map(([, other]) => [other, state.fields(this.kind, id)[other]] as const);
    return [{ type: this.type, fields: { id, ...fields, ...Object.fromEntries(with_.filter(([, value]) => value !== undefined && value !== null)) } as Fields }];
  }
}

const STEP = new Revising<StepWords>("milestone", "milestone.revised", ["title", "due"], stepWords, ({ title, due }) => ({ title: inLine(title), due: due || null }));
const PRACTICE = new Revising<PracticeWords>("practice", "practice.revised", ["title", "recurrence", "minutes"], practiceWords, ({ title, recurrence, minutes }) => ({
  title: inLine(title), recurrence, minutes: minutes.trim() ? Number(minutes) : null,
}));
const SAID = new Revising<SaidWords>("checkin", "checkin.amended", ["value", "note"], saidWords, ({ value, note }) => ({ value, note: note.trim() || null }), { value: "measure" });

function stepWords(state: State, id: string): StepWords {
  const fields = state.fields("milestone", id);
  return { title: text(fields, "title"), due: dayIn(fields["due"]) };
}

function practiceWords(state: State, id: string): PracticeWords {
  const fields = state.fields("practice", id);
  const minutes = number(fields, "minutes");
  return { title: text(fields, "title"), recurrence: text(fields, "recurrence") || "FREQ=DAILY", minutes: minutes === undefined ? "" : String(minutes) };
}

function saidWords(state: State, id: string): SaidWords {
  const fields = state.fields("checkin", id);
  return { value: number(fields, "value") ?? null, note: text(fields, "note") };
}

function inLine(words: string): string {
  return words.replace(/\s+/g, " ").trim();
}

function turned(kind: "milestone" | "practice", id: string, status: string, on: string): Draft {
  return { type: `${kind}.status_changed`, fields: { id, status, on } };
}

function turnedBack(state: State, kind: "milestone" | "practice", id: string, first: string, on: string): Draft {
  const fields = state.fields(kind, id);
  return turned(kind, id, text(fields, "status") || first, text(fields, "on") || on);
}
