/** One questionnaire: its questions, what a form comes to, and the forms there were. Scores of two people are never compared. */

import { signal } from "@preact/signals";

import type { FilledShown, QuestionnaireActs, QuestionnairePage, QuestionnaireShown, QuestionShown, ResultShown } from "../../app/screens/questionnaire";
import type { ProgressShown } from "../../app/screens/shown";
import { dateWords } from "../../app/words/days";
import { numberWords, say } from "../../app/words/words";
import type { Assessment } from "../../core/generated/views";
import type { Json } from "../../core/generated/payloads";
import { newId } from "../../device/ids";
import { given } from "../../views/fields";
import { assessments } from "../../views/questionnaires/forms";
import { isWorded, rangeOf, type Instrument } from "../../views/questionnaires/instruments";
import { score } from "../../views/questionnaires/scoring";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { instruments } from "../questionnaires";
import { aboutWords, answerWords, bandWords, pointsWords, sensitiveWords, resultWords } from "../questionnaire_words";

/** The form that was kept last here, and whether others can read the journal that it is in. */
const kept = signal<{ readonly id: string; readonly shared: boolean } | undefined>(undefined);

export function questionnaire(journal: Journal, id: string): QuestionnairePage | null | undefined {
  const known = instruments(journal.device);
  if (!known) return undefined;
  const instrument = known.find((one) => one.id === id);
  if (!instrument) return null;
  const forms = assessments(journal.seen.value.state).filter((form) => form.instrument === id);
  const justKept = forms.find((form) => form.id === kept.value?.id);
  const shown = given<QuestionnaireShown>({
    on: journal.today.value,
    readOnly: !journal.rights.value.own || undefined,
    id,
    title: instrument.title,
    prompt: instrument.prompt ?? undefined,
    questions: instrument.items.map(({ text, options }) => given<QuestionShown>({ text: text ?? undefined, options: options.map(({ value, label }) => (label ? { value, label } : { value })) })),
    worded: isWorded(instrument),
    about: aboutWords(instrument),
    kept: justKept && resultOf(journal, instrument, justKept, forms, kept.value?.shared ?? false),
    progress: progressOf(journal, instrument, forms),
    filled: forms.map((form) => filledOf(journal, instrument, form, forms)).reverse(),
  });
  return { shown, acts: questionnaireActs(journal, instrument) };
}

function questionnaireActs(journal: Journal, instrument: Instrument): QuestionnaireActs {
  return carried<QuestionnaireActs>({
    keepForm: async (_, answers, on) => {
      const id = newId();
      const { score: total, subscores } = score(instrument, answers);
      const reached = { score: total ?? undefined, subscores: Object.keys(subscores).length ? subscores : undefined };
      const fields = given<Record<string, Json>>({ id, instrument: instrument.id, version: instrument.version, answers: [...answers], on, ...reached } as Record<string, Json>);
      const isKept = await act(journal, () => [{ type: "assessment.recorded", fields }], "done.form", () => [{ type: "assessment.retracted", fields: { id } }]);
      if (isKept) kept.value = { id, shared: await isShared(journal) };
      return isKept;
    },
    takeBack: (id) => act(journal, () => [{ type: "assessment.retracted", fields: { id } }], "done.form_back"),
  });
}

async function isShared(journal: Journal): Promise<boolean> {
  const row = (await journal.device.rows()).find((one) => one.journal === journal.id.value);
  return row !== undefined && row.claimed && !row.private;
}

/** Those of the same person in the same version, up to the day of a form and before it. */
function earlierThan(journal: Journal, form: Assessment, forms: readonly Assessment[]): Assessment[] {
  const [own, at] = [journal.isOwn(form.actor), forms.indexOf(form)];
  return forms.slice(0, at).filter(({ version, actor }) => version === form.version && (own ? journal.isOwn(actor) : actor === form.actor));
}

function resultOf(journal: Journal, instrument: Instrument, form: Assessment, forms: readonly Assessment[], shared: boolean): ResultShown {
  const earlier = earlierThan(journal, form, forms);
  return given<ResultShown>({
    id: form.id,
    sensitive: sensitiveWords(instrument, form, shared),
    words: resultWords(instrument, form, earlier, journal.today.value),
    band: bandWords(instrument, form),
  });
}

function filledOf(journal: Journal, instrument: Instrument, form: Assessment, forms: readonly Assessment[]): FilledShown {
  return given<FilledShown>({
    ...resultOf(journal, instrument, form, forms, false),
    sensitive: sensitiveWords(instrument, form, false).slice(0, -2),
    on: form.on,
    brief: form.score === null ? say("questionnaire.no_total") : pointsWords(form.score),
    by: journal.nameOf(form.actor),
    answers: form.answers.map((answer, at) => answerWords(instrument, form, at, answer)),
  });
}

/** How one's own totals went; nothing where there is none. */
function progressOf(journal: Journal, instrument: Instrument, forms: readonly Assessment[]): ProgressShown | undefined {
  const ours = forms.filter((form) => journal.isOwn(form.actor) && form.version === instrument.version && form.score !== null);
  const points = ours.map(({ on, score }) => ({ on, value: score as number }));
  const [first, latest] = [points[0], points.at(-1)];
  if (!first || !latest || points.length < 2) return undefined;
  const day = dateWords(first.on, journal.today.value);
  const words = first.value === latest.value
    ? say("progress.same", { latest: pointsWords(latest.value), day })
    : say("progress.from_to", { first: numberWords(first.value), latest: pointsWords(latest.value), day });
  return { words, series: [{ ...rangeOf(instrument), unit: say("questionnaire.points"), points }], marks: [] };
}
