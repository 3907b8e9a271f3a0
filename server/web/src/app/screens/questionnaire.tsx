/** One questionnaire: what a form that was filled in comes to, a new form, and how the forms went. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { Chart } from "../parts/chart";
import { DayField } from "../parts/field";
import { Part, Top } from "../parts/page";
import { More, Unfold } from "../parts/unfold";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { numberWords, say } from "../words/words";
import type { Page } from "../page";
import type { ProgressShown } from "./shown";

/** A question and what can be answered; without its words it is known by its number. */
export interface QuestionShown {
  readonly text?: string;
  readonly options: readonly { readonly value: number; readonly label?: string }[];
}

/** What a form comes to, in sentences. `sensitive` comes before all else. */
export interface ResultShown {
  readonly id: string;
  readonly sensitive: readonly string[];
  readonly words: readonly string[];
  /** What such points are called, only for whoever asks. */
  readonly band?: string;
}

export interface FilledShown extends ResultShown {
  readonly on: Day;
  readonly brief: string;
  readonly by?: string;
  readonly answers: readonly string[];
}

export interface QuestionnaireShown {
  readonly on: Day;
  /** It is somebody else who fills it in here. */
  readonly readOnly?: boolean;
  readonly id: string;
  readonly title: string;
  readonly prompt?: string;
  readonly questions: readonly QuestionShown[];
  readonly worded: boolean;
  readonly about: readonly string[];
  /** The form that was kept just now. */
  readonly kept?: ResultShown;
  readonly progress?: ProgressShown;
  /** The latest first. */
  readonly filled: readonly FilledShown[];
}

export type AnswersGiven = readonly (number | null)[];

export interface QuestionnaireActs {
  keepForm(id: string, answers: AnswersGiven, on: Day): Promise<boolean>;
  takeBack(form: string): void;
}

export type QuestionnairePage = Page<QuestionnaireShown, QuestionnaireActs>;

export function Questionnaire({ shown, acts }: QuestionnairePage) {
  return (
    <div class="narrow">
      <Top title={shown.title} back={{ screen: "questionnaires", words: say("place.questionnaires") }} />
      {shown.kept && <Result key={shown.kept.id} result={shown.kept} />}
      {shown.readOnly ? null : shown.kept
        ? <Unfold key={shown.kept.id} title={say("questionnaire.another")}><Form shown={shown} acts={acts} /></Unfold>
        : <Form key="first" shown={shown} acts={acts} />}
      {shown.progress && <Part title={say("goal.how_it_has_been")}><Chart progress={shown.progress} on={shown.on} /></Part>}
      {shown.filled.length > 0 && (
        <Part title={say("questionnaire.filled")}>
          <ul class="rows">{shown.filled.map((form) => <Filled key={form.id} form={form} on={shown.on} takeBack={acts.takeBack} />)}</ul>
        </Part>
      )}
      <Unfold title={say("questionnaire.about")}>{shown.about.map((words) => <p key={words}>{words}</p>)}</Unfold>
    </div>
  );
}

/** What came of the form just now. It takes the focus, so that nobody misses what stands first. */
function Result({ result }: { result: ResultShown }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="sheet stack">
      <h2 ref={heading} tabIndex={-1}>{say("questionnaire.kept")}</h2>
      <Words result={result} isNew />
    </section>
  );
}

function Words({ result: { sensitive, words, band }, isNew = false }: { result: ResultShown; isNew?: boolean }) {
  return (
    <>
      {sensitive.length > 0 && (
        <div class="stack">
          {sensitive.map((one) => <p key={one}>{one}</p>)}
          <p><a class={isNew ? "act main" : ""} href={address("help_now")}>{say("help.title")}</a></p>
        </div>
      )}
      {words.map((one) => <p key={one}>{one}</p>)}
      {band && <More title={say("questionnaire.band_ask")}><p>{band}</p></More>}
    </>
  );
}

function Form({ shown, acts }: QuestionnairePage) {
  const draft = useDraft<{ answers: AnswersGiven; on: Day }>(`questionnaire:${shown.id}`, { answers: [], on: shown.on });
  const [wrong, setWrong] = useState({ answers: "", on: "" });
  const { on } = draft.value;
  const answers = shown.questions.map(({ options }, at) => {
    const given = draft.value.answers[at] ?? null;
    return options.some(({ value }) => value === given) ? given : null;
  });
  const keep = (event: Event): void => {
    event.preventDefault();
    const wrong = {
      answers: answers.every((one) => one === null) ? say("questionnaire.nothing") : "",
      on: !on || on > shown.on ? say("questionnaire.not_yet") : "",
    };
    setWrong(wrong);
    if (wrong.answers || wrong.on) return;
    void draft.keepBy(() => acts.keepForm(shown.id, answers, on));
  };
  const answer = (at: number, value: number | null): void => draft.set({ on, answers: answers.map((one, i) => (i === at ? value : one)) });
  return (
    <form class="part-gap stack" onSubmit={keep} noValidate>
      {shown.worded ? shown.prompt && <p class="own">{shown.prompt}</p> : <p>{say("questionnaire.unworded", { title: shown.title, n: shown.questions.length })}</p>}
      {shown.questions.map((question, at) => (
        <Question key={at} number={at + 1} question={question} value={answers[at] ?? null} onChoose={(value) => answer(at, value)} />
      ))}
      <DayField label={say("questionnaire.day")} value={on} wrong={wrong.on || undefined} onInput={(on) => draft.set({ answers, on })} />
      {wrong.answers && <p class="field" role="alert"><span class="wrong">{wrong.answers}</span></p>}
      <p class="quiet">{say("questionnaire.left_out_words")}</p>
      <div class="acts"><button class="act main">{say("keep")}</button></div>
    </form>
  );
}

/** More answers than this don't stand beside each other on a phone. */
const MOST_BESIDE = 7;

interface QuestionProps {
  readonly number: number;
  readonly question: QuestionShown;
  readonly value: number | null;
  readonly onChoose: (value: number | null) => void;
}

function Question({ number, question: { text, options }, value, onChoose }: QuestionProps) {
  const name = useId();
  const beside = options.length <= MOST_BESIDE && options.every(({ label }) => !label);
  return (
    <fieldset class="field">
      <legend>{text ? say("questionnaire.question", { number, text }) : say("questionnaire.number", { number })}</legend>
      <div class={beside ? "scale" : "scale levels"}>
        {options.map((one) => (
          <label key={one.value}>
            <input type="radio" name={name} checked={value === one.value} onChange={() => onChoose(one.value)} />
            <span>{one.label || numberWords(one.value)}</span>
          </label>
        ))}
      </div>
      {value !== null && (
        <button type="button" class="act slim bare" aria-label={say("questionnaire.leave_out_this", { number })} onClick={() => onChoose(null)}>{say("questionnaire.leave_out")}</button>
      )}
    </fieldset>
  );
}

function Filled({ form, on, takeBack }: { form: FilledShown; on: Day; takeBack: (form: string) => void }) {
  const day = dateWords(form.on, on);
  return (
    <li>
      <details class="more grow">
        <summary>{[day, form.brief, form.by].filter(Boolean).join(" · ")}</summary>
        <div class="stack">
          <Words result={form} />
          <ol>{form.answers.map((answer, at) => <li key={at}>{say("questionnaire.answer", { number: at + 1, answer })}</li>)}</ol>
          {!form.by && (
            <button type="button" class="act slim" aria-label={say("questionnaire.take_back_this", { day })} onClick={() => takeBack(form.id)}>{say("questionnaire.take_back")}</button>
          )}
        </div>
      </details>
    </li>
  );
}
