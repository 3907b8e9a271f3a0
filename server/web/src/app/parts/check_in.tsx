/** A check-in: a number, a few words, or both. Two taps with a number, and words where somebody wants them. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import type { Said } from "../screens/acts";
import type { Subject } from "../screens/shown";
import { say } from "../words/words";
import { DayField, WordsField } from "./field";
import { endsWords, isBetween, Scale } from "./scale";
import { More } from "./unfold";

interface CheckInProps {
  readonly subject: Subject;
  readonly onSay: (said: Said) => Promise<boolean>;
}

export function CheckIn({ subject, onSay }: CheckInProps) {
  const draft = useDraft<Said>(`checkin:${subject.id}`, { value: null, note: "", on: "" });
  const [wrong, setWrong] = useState("");
  const { asked } = subject;
  const { value, note, on = "" } = draft.value;
  const keep = (event: Event): void => {
    event.preventDefault();
    if (value === null && !note.trim()) return setWrong(say(asked ? "checkin.nothing" : "checkin.no_words"));
    if (asked && value !== null && !isBetween(asked, value)) return setWrong(endsWords(asked));
    void draft.keepBy(() => onSay({ value, note: note.trim(), on }));
    setWrong("");
  };
  const words = (
    <WordsField
      label={say(asked ? "checkin.words" : "checkin.words_only")}
      value={note}
      onInput={(words) => draft.set({ value, note: words, on })}
      lines={2}
      wrong={asked ? undefined : wrong || undefined}
    />
  );
  const day = <DayField label={say("checkin.day")} hint={say("checkin.day_hint")} value={on} onInput={(chosen) => draft.set({ value, note, on: chosen })} />;
  return (
    <form class="stack" onSubmit={keep} noValidate>
      {asked && (
        <Scale
          legend={asked.question ?? say("checkin.how", { title: subject.title })}
          titled={!asked.question}
          asked={asked}
          value={value}
          onChoose={(chosen) => draft.set({ value: chosen, note, on })}
        />
      )}
      {asked ? <More title={say("checkin.add_words")} open={draft.earlier && Boolean(note || on)}>{words}{day}</More> : <>{words}<More title={say("checkin.day")} open={draft.earlier && Boolean(on)}>{day}</More></>}
      {asked && wrong && <p class="field" role="alert"><span class="wrong">{wrong}</span></p>}
      <div class="acts">
        <button class="act main">{say("keep")}</button>
        {subject.saidToday && <Already subject={subject} />}
      </div>
    </form>
  );
}

function Already({ subject }: { subject: Subject }) {
  const { number, level } = subject.saidToday ?? {};
  const value = number ?? (level && say("quoted", { words: level }));
  return <p class="quiet">{value ? say("checkin.said", { value }) : say("checkin.said_words")}</p>;
}
