/** Putting right what belongs to a goal: its steps, what is practised for it, and what was said of it. */

import { useState } from "preact/hooks";
import { DayField, Field, WordsField } from "../parts/field";
import { Meanwhile, useBegun } from "../parts/meanwhile";
import { Scale } from "../parts/scale";
import { MinutesField, wrongMinutes } from "../parts/session_form";
import { More, Unfold } from "../parts/unfold";
import { begun, dateWords, dayWords, relativeWords } from "../words/days";
import { rhythmWords, WEEKDAYS, weekdayWords } from "../words/rhythms";
import { isKey, numberWords, say } from "../words/words";
import type { Page } from "../page";
import type { Asked, Day } from "./shown";

export interface StepWords {
  readonly title: string;
  readonly due: string;
}

export interface PracticeWords {
  readonly title: string;
  /** The value of an RRULE. */
  readonly recurrence: string;
  readonly minutes: string;
}

export interface SaidWords {
  readonly value: number | null;
  readonly note: string;
}

export type StepStatus = "planned" | "dropped";
export type PracticeStatus = "active" | "paused" | "ended";

export interface GoalEditsShown {
  readonly on: Day;
  readonly goal: string;
  readonly steps: readonly { readonly id: string; readonly status: string; readonly words: StepWords }[];
  readonly practices: readonly { readonly id: string; readonly status: string; readonly words: PracticeWords }[];
  /** The latest first. One that answers no question is in words alone. */
  readonly said: readonly { readonly id: string; readonly on: Day; readonly asked: Asked | null; readonly words: SaidWords }[];
}

/** `seen` is what was so when the form was looked at last. */
export interface GoalEditsActs {
  reviseStep(id: string, words: StepWords, seen: StepWords): Promise<boolean>;
  turnStep(id: string, status: StepStatus): void;
  addPractice(goal: string, words: PracticeWords): Promise<boolean>;
  revisePractice(id: string, words: PracticeWords, seen: PracticeWords): Promise<boolean>;
  turnPractice(id: string, status: PracticeStatus): void;
  amendCheckin(id: string, words: SaidWords, seen: SaidWords): Promise<boolean>;
  takeBackCheckin(id: string): void;
}

export type GoalEditsPage = Page<GoalEditsShown, GoalEditsActs>;

export function StepEdits({ shown: { steps, on }, acts }: GoalEditsPage) {
  return <div>{steps.map((one) => <StepEdit key={one.id} one={one} on={on} acts={acts} />)}</div>;
}

function StepEdit({ one, on, acts }: { one: GoalEditsShown["steps"][number]; on: Day; acts: GoalEditsActs }) {
  const { words, from, ...draft } = useBegun(`step:of:${one.id}`, one.words);
  const [wrong, setWrong] = useState("");
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.title.trim()) return setWrong(say("form.title_missing"));
    setWrong("");
    void draft.keepBy(() => acts.reviseStep(one.id, words, one.words));
  };
  const isDropped = one.status === "dropped";
  return (
    <Unfold title={<span class="own">{one.words.title}</span>} aside={isDropped ? say("status.dropped") : one.words.due && relativeWords(one.words.due, on)}>
      <form class="stack" onSubmit={keep} noValidate>
        <Meanwhile labels={{ title: "step.words", due: "field.due" }} mine={words} from={from} now={one.words} take={draft.set} />
        <WordsField lines={1} label={say("step.words")} wrong={wrong || undefined} value={words.title} onInput={(title) => draft.set({ title })} />
        <DayField label={say("field.due")} hint={say("form.due_hint")} value={words.due} onInput={(due) => draft.set({ due })} />
        <div class="acts">
          <button class="act main">{say("keep")}</button>
          <button type="button" class="act bare" onClick={() => acts.turnStep(one.id, isDropped ? "planned" : "dropped")}>
            {say(isDropped ? "step.bring_back" : "step.leave_out")}
          </button>
        </div>
      </form>
    </Unfold>
  );
}

export function PracticeEdits({ shown: { goal, practices }, acts }: GoalEditsPage) {
  return (
    <div>
      {practices.map((one) => (
        <Unfold key={one.id} title={<span class="own">{one.words.title}</span>} aside={[rhythmWords(one.words.recurrence), one.status !== "active" && statusWords(one.status)].filter(Boolean).join(" · ")}>
          <PracticeForm place={`practice:of:${one.id}`} words={one.words} onKeep={(words, seen) => acts.revisePractice(one.id, words, seen)} />
          <div class="acts">
            {nextStatuses(one.status).map((to) => <button key={to} type="button" class="act slim" onClick={() => acts.turnPractice(one.id, to)}>{say(`practice.to_${to}`)}</button>)}
          </div>
        </Unfold>
      ))}
      <More title={say("practice.add")} open={practices.length === 0}>
        <PracticeForm place={`practice:new:${goal}`} words={{ title: "", recurrence: "FREQ=DAILY", minutes: "" }} onKeep={(words) => acts.addPractice(goal, words)} />
      </More>
    </div>
  );
}

function nextStatuses(status: string): readonly PracticeStatus[] {
  return status === "active" ? ["paused", "ended"] : ["active"];
}

interface PracticeFormProps {
  readonly place: string;
  readonly words: PracticeWords;
  readonly onKeep: (words: PracticeWords, seen: PracticeWords) => Promise<boolean>;
}

function PracticeForm({ place, words: now, onKeep }: PracticeFormProps) {
  const { words, from, ...draft } = useBegun(place, now);
  const [wrong, setWrong] = useState("");
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.title.trim()) return setWrong(say("form.title_missing"));
    if (daysOf(words.recurrence)?.length === 0) return setWrong(say("practice.no_day"));
    setWrong("");
    if (wrongMinutes(words.minutes)) return;
    void draft.keepBy(() => onKeep(words, now));
  };
  return (
    <form class="stack" onSubmit={keep} noValidate>
      <Meanwhile labels={{ title: "practice.words", recurrence: "practice.how_often", minutes: "field.minutes" }} put={(field, value) => (field === "recurrence" ? rhythmWords(value as string) : undefined)} mine={words} from={from} now={now} take={draft.set} />
      <WordsField lines={1} label={say("practice.words")} wrong={wrong || undefined} value={words.title} onInput={(title) => draft.set({ title })} />
      <Rhythm value={words.recurrence} onChoose={(recurrence) => draft.set({ recurrence })} />
      <MinutesField value={words.minutes} onInput={(minutes) => draft.set({ minutes })} />
      <button class="act">{say("keep")}</button>
    </form>
  );
}

const DAILY = "FREQ=DAILY";
const WEEKLY = "FREQ=WEEKLY";
const ON_DAYS = "FREQ=WEEKLY;BYDAY=";

/** The weekdays that a rhythm names; undefined where it goes by none. */
function daysOf(recurrence: string): string[] | undefined {
  if (!recurrence.startsWith(ON_DAYS)) return undefined;
  return recurrence.slice(ON_DAYS.length).split(",").filter(Boolean);
}

function Rhythm({ value, onChoose }: { value: string; onChoose: (recurrence: string) => void }) {
  const days = daysOf(value);
  const kind = days ? ON_DAYS : value;
  const own = [DAILY, WEEKLY, ON_DAYS].includes(kind) ? [] : [kind];
  const toggled = (day: string): string => ON_DAYS + WEEKDAYS.filter((one) => (one === day) !== days?.includes(one)).join(",");
  return (
    <>
      <Field label={say("practice.how_often")}>
        {(ids) => (
          <select {...ids} value={kind} onChange={(event) => onChoose(event.currentTarget.value)}>
            <option value={DAILY}>{begun(rhythmWords(DAILY))}</option>
            <option value={ON_DAYS}>{say("practice.on_days")}</option>
            <option value={WEEKLY}>{begun(rhythmWords(WEEKLY))}</option>
            {own.map((one) => <option key={one} value={one}>{begun(rhythmWords(one))}</option>)}
          </select>
        )}
      </Field>
      {days && (
        <fieldset class="field">
          <legend>{say("practice.which_days")}</legend>
          <div class="days">
            {WEEKDAYS.map((day, at) => (
              <label key={day} class="choice">
                <input type="checkbox" checked={days.includes(day)} onChange={() => onChoose(toggled(day))} />
                <span>{weekdayWords(at)}</span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}

/** So many check-ins are shown at a time. */
const AT_A_TIME = 20;

export function SaidEdits({ shown: { said, on }, acts }: GoalEditsPage) {
  const [most, setMost] = useState(AT_A_TIME);
  return (
    <div>
      {said.slice(0, most).map((one) => <SaidEdit key={one.id} one={one} on={on} acts={acts} />)}
      {said.length > most && <p class="acts below"><button type="button" class="act slim" onClick={() => setMost(most + AT_A_TIME)}>{say("timeline.earlier")}</button></p>}
    </div>
  );
}

function SaidEdit({ one, on, acts }: { one: GoalEditsShown["said"][number]; on: Day; acts: GoalEditsActs }) {
  const { words, from, ...draft } = useBegun(`checkin:of:${one.id}`, one.words);
  const [wrong, setWrong] = useState("");
  const keep = (event: Event): void => {
    event.preventDefault();
    if (words.value === null && !words.note.trim()) return setWrong(say(one.asked ? "checkin.nothing" : "checkin.no_words"));
    setWrong("");
    void draft.keepBy(() => acts.amendCheckin(one.id, words, one.words));
  };
  const named = dateWords(one.on, on);
  return (
    <Unfold title={begun(dayWords(one.on, on))} aside={one.words.value === null ? "" : numberWords(one.words.value)}>
      <form class="stack" onSubmit={keep}>
        <Meanwhile labels={{ note: "field.note", value: "field.value" }} mine={words} from={from} now={one.words} take={draft.set} />
        {one.asked && <Scale legend={one.asked.question ?? say("field.value")} asked={one.asked} value={words.value} onChoose={(value) => draft.set({ value })} />}
        <WordsField lines={2} label={say("checkin.words")} wrong={wrong || undefined} value={words.note} onInput={(note) => draft.set({ note })} />
        <div class="acts">
          <button class="act main">{say("keep")}</button>
          <button type="button" class="act bare" aria-label={say("checkin.take_back_this", { day: named })} onClick={() => acts.takeBackCheckin(one.id)}>{say("take_back")}</button>
        </div>
      </form>
    </Unfold>
  );
}

function statusWords(status: string): string {
  const key = `status.${status}`;
  return isKey(key) ? say(key) : status;
}
