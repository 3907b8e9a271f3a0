/** The form of a session: when and where it is, and how often it comes again. */

import { useRef, useState } from "preact/hooks";
import { say } from "../words/words";
import { DayField, Field, WordsField } from "./field";
import { Meanwhile, useBegun } from "./meanwhile";

/** Each is empty where nothing is said. */
export interface SessionWords {
  readonly day: string;
  readonly time: string;
  readonly minutes: string;
  readonly place: string;
  /** One of `RHYTHMS`; empty for a single one. */
  readonly every: string;
}

/** What is offered, by how often it comes. */
export const RHYTHMS = { week: "FREQ=WEEKLY", two_weeks: "FREQ=WEEKLY;INTERVAL=2", month: "FREQ=MONTHLY" } as const;
const LABELS = { day: "session.day", time: "session.time", place: "field.place", minutes: "field.minutes" } as const;
const MOST_MINUTES = 1440;

interface FormProps {
  readonly place: string;
  readonly words: SessionWords;
  /** It may come again. */
  readonly again?: boolean;
  /** It comes again already, so often, in words: the form says how from a day on. */
  readonly rhythm?: string;
  readonly onKeep: (words: SessionWords, seen: SessionWords) => Promise<boolean>;
}

export function SessionForm({ place, words: now, again, rhythm, onKeep }: FormProps) {
  const { words, from, ...draft } = useBegun(place, now);
  const [wrong, setWrong] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const set = (changed: Partial<SessionWords>): void => {
    draft.set(changed);
    setWrong("");
  };
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.day || !words.time) {
      setWrong(say("session.when_missing"));
      form.current?.querySelector<HTMLElement>(words.day ? "input[type=time]" : "input[type=date]")?.focus();
      return;
    }
    if (wrongMinutes(words.minutes)) return;
    void draft.keepBy(() => onKeep(words, now));
  };
  return (
    <form class="stack" ref={form} onSubmit={keep} noValidate>
      <Meanwhile labels={LABELS} mine={words} from={from} now={now} take={draft.set} />
      <DayField label={say(rhythm ? "session.from_day" : "session.day")} wrong={wrong || undefined} value={words.day} onInput={(day) => set({ day })} />
      <Field label={say("session.time")}>
        {(ids) => <input {...ids} type="time" value={words.time} onInput={(event) => set({ time: event.currentTarget.value })} />}
      </Field>
      {(again || rhythm) && (
        <Field label={say(rhythm ? "session.how_often" : "session.again")}>
          {(ids) => (
            <select {...ids} value={words.every} onChange={(event) => set({ every: event.currentTarget.value })}>
              <option value="">{rhythm ? say("session.as_now", { rhythm }) : say("session.once")}</option>
              {(Object.keys(RHYTHMS) as (keyof typeof RHYTHMS)[]).map((one) => <option key={one} value={one}>{say(`session.every_${one}`)}</option>)}
            </select>
          )}
        </Field>
      )}
      <WordsField lines={1} label={say("field.place")} hint={say("session.place_hint")} value={words.place} onInput={(where) => set({ place: where })} />
      <MinutesField value={words.minutes} onInput={(minutes) => set({ minutes })} />
      <button class="act main">{say("keep")}</button>
    </form>
  );
}

/** What is wrong with so many minutes, in words; empty where nothing is. */
export function wrongMinutes(minutes: string): string {
  const n = Number(minutes.trim());
  return !minutes.trim() || (Number.isInteger(n) && n >= 1 && n <= MOST_MINUTES) ? "" : say("session.minutes_wrong", { most: MOST_MINUTES });
}

/** How many minutes something takes, where somebody wants to say so. */
export function MinutesField({ value, onInput }: { value: string; onInput: (minutes: string) => void }) {
  return (
    <Field label={say("session.minutes")} wrong={wrongMinutes(value) || undefined}>
      {(ids) => (
        <input {...ids} type="number" inputMode="numeric" step="1" min="1" max={MOST_MINUTES} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </Field>
  );
}
