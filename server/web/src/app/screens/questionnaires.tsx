/** Questionnaires: those that come with Milepost, and those that somebody brought in a file. */

import { useRef, useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Top } from "../parts/page";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";

export interface QuestionnaireLine {
  readonly id: string;
  readonly title: string;
  readonly questions: number;
  /** Its words are here, so that it can be asked. */
  readonly worded: boolean;
  /** It came in a file, and can be taken away again. */
  readonly brought: boolean;
  readonly last?: Day;
}

export interface QuestionnairesShown {
  readonly on: Day;
  readonly lines: readonly QuestionnaireLine[];
}

export interface QuestionnairesActs {
  /** Gives back what is wrong with a file, in words; nothing where it was taken. */
  bringForm(file: File): Promise<string>;
  forgetForm(id: string): void;
}

export type QuestionnairesPage = Page<QuestionnairesShown, QuestionnairesActs>;

export function Questionnaires({ shown, acts }: QuestionnairesPage) {
  return (
    <div class="narrow">
      <Top title={say("place.questionnaires")} back={{ screen: "more", words: say("nav.more") }} />
      <p class="part-gap">{say("questionnaires.words")}</p>
      <ul class="rows places">{shown.lines.map((line) => <Line key={line.id} line={line} on={shown.on} forget={acts.forgetForm} />)}</ul>
      <Bring bring={acts.bringForm} />
    </div>
  );
}

function Line({ line, on, forget }: { line: QuestionnaireLine; on: Day; forget: (id: string) => void }) {
  const { id, title, questions, worded, brought, last } = line;
  const about = [say("questionnaires.count", { n: questions }), !worded && say("questionnaires.on_paper"), last && say("questionnaires.last", { day: dateWords(last, on) })];
  return (
    <li>
      <a href={address("questionnaire", id)}>
        <b>{title}</b>
        <small>{about.filter(Boolean).join(" · ")}</small>
      </a>
      {brought && (
        <button type="button" class="act slim bare" aria-label={say("questionnaires.forget_this", { title })} onClick={() => forget(id)}>{say("questionnaires.forget")}</button>
      )}
    </li>
  );
}

function Bring({ bring }: { bring: (file: File) => Promise<string> }) {
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const take = async (): Promise<void> => {
    const file = field.current?.files?.[0];
    if (!file) return setWrong(say("questionnaires.no_file"));
    setWrong(await bring(file));
    if (field.current) field.current.value = "";
  };
  return (
    <Unfold title={say("questionnaires.bring")}>
      <p>{say("questionnaires.bring_words")}</p>
      <Field label={say("questionnaires.file")} hint={say("questionnaires.file_hint")} wrong={wrong || undefined}>
        {(ids) => <input {...ids} ref={field} type="file" accept=".json,application/json,application/fhir+json,.toml" onChange={() => setWrong("")} />}
      </Field>
      <div class="acts"><button type="button" class="act" onClick={() => void take()}>{say("questionnaires.take")}</button></div>
    </Unfold>
  );
}

