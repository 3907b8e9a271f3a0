/** Reflections: what somebody wrote and takes along, to be read, put differently or taken back; and the form for one. */

import { useState } from "preact/hooks";
import { OwnWords } from "../markdown/words";
import { address } from "../router";
import type { Day } from "../screens/shown";
import { begun, dateWords, dayWords, momentWords } from "../words/days";
import { say } from "../words/words";
import type { EndingPart } from "./endings";
import { Field, WordsField } from "./field";
import { useFirstField } from "./first_field";
import { Meanwhile, useBegun } from "./meanwhile";
import { More } from "./unfold";

export interface ReflectionShown {
  readonly id: string;
  readonly on: Day;
  readonly words: ReflectionWords;
  readonly by?: string;
  /** It is one's own to change. */
  readonly mine: boolean;
  readonly goal?: { readonly id: string; readonly title: string };
  readonly session?: { readonly id: string; readonly start: string };
  /** It answers this question of the ending page. */
  readonly ending?: EndingPart;
}

export interface ReflectionWords {
  readonly text: string;
  readonly takeaway: string;
  /** `goal` or `session` and its id; empty where it is about neither. */
  readonly about: string;
}

/** What a reflection can be about. */
export interface Abouts {
  readonly goals: readonly { readonly id: string; readonly title: string }[];
  readonly sessions: readonly { readonly id: string; readonly start: string }[];
}

export interface ReflectionActs {
  writeReflection(words: ReflectionWords): Promise<boolean>;
  /** `seen` is what was so when the form was looked at last. */
  reviseReflection(id: string, words: ReflectionWords, seen: ReflectionWords): Promise<boolean>;
  takeBackReflection(id: string): void;
}

interface FormProps {
  /** Where the draft is kept. */
  readonly place: string;
  readonly words: ReflectionWords;
  readonly label: string;
  readonly abouts?: Abouts | undefined;
  readonly onKeep: (words: ReflectionWords, seen: ReflectionWords) => Promise<boolean>;
  readonly onLeave?: () => void;
}

const LABELS = { text: "field.text", takeaway: "field.takeaway", about: "reflection.about" } as const;

export function ReflectionForm({ place, words: now, label, abouts, onKeep, onLeave }: FormProps) {
  const { words, from, ...draft } = useBegun(place, now);
  const [wrong, setWrong] = useState("");
  const [first] = useState(words);
  const form = useFirstField(onLeave !== undefined);
  const set = (changed: Partial<ReflectionWords>): void => {
    draft.set(changed);
    setWrong("");
  };
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.text.trim() && !words.takeaway.trim()) return setWrong(say("checkin.no_words"));
    void draft.keepBy(async () => {
      const kept = await onKeep(words, now);
      if (kept) onLeave?.();
      return kept;
    });
  };
  const takeaway = (
    <WordsField lines={1} label={say("sessions.take_along")} value={words.takeaway} onInput={(typed) => set({ takeaway: typed })} />
  );
  return (
    <form class="stack" ref={form} onSubmit={keep} noValidate>
      <Meanwhile labels={LABELS} mine={words} from={from} now={now} take={draft.set} put={(field, value) => (field === "about" ? aboutWords(abouts, value as string) : undefined)} />
      <WordsField label={label} wrong={wrong || undefined} value={words.text} onInput={(text) => set({ text })} />
      {abouts ? <More title={say("reflection.more")} open={first.takeaway !== "" || first.about !== ""}>{takeaway}<About abouts={abouts} value={words.about} onChoose={(about) => set({ about })} /></More> : takeaway}
      <div class="acts">
        <button class="act main">{say("keep")}</button>
        {onLeave && <button type="button" class="act bare" onClick={() => { draft.end(); onLeave(); }}>{say("form.not_now")}</button>}
      </div>
    </form>
  );
}

function aboutWords(abouts: Abouts | undefined, about: string): string {
  const [kind, id] = about.split(" ");
  if (kind === "goal") return abouts?.goals.find((goal) => goal.id === id)?.title ?? "";
  const session = abouts?.sessions.find((one) => one.id === id);
  return session ? momentWords(session.start) : say("reflection.about_nothing");
}

function About({ abouts: { goals, sessions }, value, onChoose }: { abouts: Abouts; value: string; onChoose: (about: string) => void }) {
  if (goals.length === 0 && sessions.length === 0) return null;
  return (
    <Field label={say("reflection.about")}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="">{say("reflection.about_nothing")}</option>
          {goals.length > 0 && (
            <optgroup label={say("goals.title")}>
              {goals.map((goal) => <option key={goal.id} value={`goal ${goal.id}`}>{goal.title}</option>)}
            </optgroup>
          )}
          {sessions.length > 0 && (
            <optgroup label={say("sessions.title")}>
              {sessions.map((one) => <option key={one.id} value={`session ${one.id}`}>{momentWords(one.start)}</option>)}
            </optgroup>
          )}
        </select>
      )}
    </Field>
  );
}

interface RowsProps {
  readonly reflections: readonly ReflectionShown[];
  readonly on: Day;
  readonly acts: ReflectionActs;
  readonly abouts?: Abouts;
}

export function ReflectionRows({ reflections, on, acts, abouts }: RowsProps) {
  return <ul class="rows">{reflections.map((one) => <li key={one.id}><Reflection one={one} on={on} acts={acts} abouts={abouts} /></li>)}</ul>;
}

function Reflection({ one, on, acts, abouts }: { one: ReflectionShown; on: Day; acts: ReflectionActs; abouts: Abouts | undefined }) {
  const [changing, setChanging] = useState(false);
  const day = begun(dayWords(one.on, on));
  if (changing) {
    return (
      <section class="grow stack">
        <h3>{day}</h3>
        <ReflectionForm
          place={`reflection:of:${one.id}`}
          words={one.words}
          label={say("field.text")}
          abouts={abouts}
          onKeep={(words, seen) => acts.reviseReflection(one.id, words, seen)}
          onLeave={() => setChanging(false)}
        />
      </section>
    );
  }
  const named = dateWords(one.on, on);
  return (
    <div class="grow tight">
      <h3>{day}</h3>
      <AboutWhat one={one} />
      <OwnWords text={one.words.text} />
      {one.words.takeaway && one.words.takeaway !== one.words.text && <p class="quiet">{say("sessions.takeaway", { words: one.words.takeaway })}</p>}
      {one.mine && (
        <p class="acts">
          <button type="button" class="act slim bare" aria-label={say("reflection.change_this", { day: named })} onClick={() => setChanging(true)}>{say("change_it")}</button>
          <button type="button" class="act slim bare" aria-label={say("reflection.take_back_this", { day: named })} onClick={() => acts.takeBackReflection(one.id)}>{say("take_back")}</button>
        </p>
      )}
    </div>
  );
}

function AboutWhat({ one: { goal, session, ending, by } }: { one: ReflectionShown }) {
  if (!goal && !session && !ending && !by) return null;
  return (
    <p class="quiet">
      {by && `${say("by", { who: by })} `}
      {goal && <a href={address("goal", goal.id)}>{goal.title}</a>}
      {ending && <a href={address("ending")}>{say(`ending.${ending}`)}</a>}
      {goal && session && " · "}
      {session && <a href={address("session", session.id)}>{say("reflection.of_session", { when: momentWords(session.start) })}</a>}
    </p>
  );
}
