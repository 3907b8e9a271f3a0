/** What is said about a form that was filled in: first what is sensitive and where help is, then figures, each with its source. */

import { dateWords } from "../app/words/days";
import { isKey, numberWords, say } from "../app/words/words";
import type { Assessment } from "../core/generated/views";
import { cited, reliableChange, thresholdOf } from "../views/questionnaires/change";
import { repeatedAfter } from "../views/questionnaires/forms";
import { rangeOf, valuesOf, type ChangeRule, type Instrument } from "../views/questionnaires/instruments";
import { bandOf, marked } from "../views/questionnaires/scoring";

export function pointsWords(points: number): string {
  return say("questionnaire.n_points", { n: points });
}

/** Whether a form's answers are those of this version of the questionnaire. */
function fits({ version, items }: Instrument, form: Assessment): boolean {
  return form.version === version && form.answers.length === items.length;
}

/** One answer, with the words of the form where they are here. */
export function answerWords(instrument: Instrument, form: Assessment, at: number, answer: number | null): string {
  if (answer === null) return say("questionnaire.out");
  const label = fits(instrument, form) ? instrument.items[at]?.options.find(({ value }) => value === answer)?.label : null;
  return label ? `${numberWords(answer)} · ${label}` : numberWords(answer);
}

/** What was marked of the sensitive questions, that nobody was told, and that there is help; nothing if none was. */
export function sensitiveWords(instrument: Instrument, form: Assessment, shared: boolean): string[] {
  const found = fits(instrument, form) ? marked(instrument, form.answers) : [];
  const name = instrument.id.replace(/-/g, "_");
  const said = found.map((number) => {
    const item = instrument.items[number - 1];
    const words = say("questionnaire.marked", { number, answer: answerWords(instrument, form, number - 1, form.answers[number - 1] ?? null) });
    const about = `questionnaire.about_${name}`;
    if (item?.text) return `${words} ${say("questionnaire.it_says", { text: item.text })}`;
    return isKey(about) ? `${words} ${say(about)}` : words;
  });
  return said.length ? [...said, say(shared ? "questionnaire.shared" : "questionnaire.untold"), say("questionnaire.help")] : [];
}

/** The total and what it is not, parts of it, whether it comes soon after another, and how it changed. */
export function resultWords(instrument: Instrument, form: Assessment, earlier: readonly Assessment[], today: string): string[] {
  const parts = Object.entries(form.subscores).map(([name, part]) =>
    say("questionnaire.part", { name, points: part === null ? say("questionnaire.no_total") : pointsWords(part) }));
  return [totalWords(instrument, form), ...parts, ...repeatWords(instrument, form, earlier, today), ...changeWords(instrument, form, earlier, today)];
}

function totalWords(instrument: Instrument, form: Assessment): string {
  const missing = form.answers.filter((answer) => answer === null).length;
  const { score, version } = form;
  if (version !== instrument.version) return say("questionnaire.other_version", { version });
  if (score === null) {
    if (instrument.rule === null) return say("questionnaire.no_rule");
    const may = instrument.prorate ? say("questionnaire.may_miss", { n: instrument.prorate }) : say("questionnaire.must_be_whole");
    return `${say("questionnaire.left_out", { n: missing })} ${may}`;
  }
  const { low, high } = rangeOf(instrument);
  const total = low === 0 ? say("questionnaire.total", { points: numberWords(score), high }) : say("questionnaire.total_between", { points: numberWords(score), low, high });
  return missing ? `${total} ${say("questionnaire.prorated", { n: missing })}` : total;
}

function repeatWords(instrument: Instrument, form: Assessment, earlier: readonly Assessment[], today: string): string[] {
  const days = repeatedAfter(instrument, form.on, earlier);
  if (days === undefined) return [];
  const when = days === 0 ? say("questionnaire.repeat_same_day") : say(form.on === today ? "questionnaire.repeat_ago" : "questionnaire.repeat_before", { n: days });
  return [`${when} ${say("questionnaire.recall", { n: instrument.recall_days ?? 0 })}`];
}

function changeWords(instrument: Instrument, form: Assessment, earlier: readonly Assessment[], today: string): string[] {
  const scored = earlier.filter((one) => one.score !== null);
  const [first, last] = [scored[0], scored.at(-1)];
  if (form.score === null || !last || form.version !== instrument.version) return [];
  const said = [changeSince(instrument, form, last, "last", today)];
  return first && first !== last ? [...said, changeSince(instrument, form, first, "first", today)] : said;
}

function changeSince(instrument: Instrument, form: Assessment, before: Assessment, which: "first" | "last", today: string): string {
  const change = reliableChange(before.score ?? 0, form.score ?? 0, instrument.change, instrument.better);
  const than = say(`questionnaire.than_${which}`, { day: dateWords(before.on, today) });
  if (!change.difference) return say("questionnaire.same", { than });
  const words = say(change.difference > 0 ? "questionnaire.more" : "questionnaire.fewer", { points: pointsWords(Math.abs(change.difference)), than });
  if (!instrument.change) return words;
  const source = { least: leastWords(instrument.change), citation: change.citation ?? "" };
  const counts = !change.reliable ? "questionnaire.by_chance" : change.direction === "none" ? "questionnaire.more_than_chance" : `questionnaire.for_${change.direction}`;
  return `${words} ${isKey(counts) ? say(counts, source) : ""}`;
}

function leastWords(rule: ChangeRule): string {
  return say(rule.type === "threshold" ? "questionnaire.least" : "questionnaire.over", { n: numberWords(thresholdOf(rule)) });
}

/** What such points are called where they were published; undefined where nothing was. */
export function bandWords(instrument: Instrument, form: Assessment): string | undefined {
  const name = form.version === instrument.version ? bandOf(instrument, form.score) : null;
  const start = instrument.bands.findLast((one) => form.score !== null && one.start <= form.score)?.start;
  if (name === null || start === undefined) return undefined;
  return say("questionnaire.band", { start: numberWords(start), name: bandName(name), citation: instrument.bands_citation ?? "" });
}

function bandName(published: string): string {
  const name = published.replace(/ /g, "_");
  const key = `band.${name}`;
  return isKey(key) ? say(key) : published;
}

/** How a questionnaire is added up, each published figure with its source. */
export function aboutWords(instrument: Instrument): string[] {
  const { items, rule, prorate, subscales, change, recall_days, min_age, max_age, licence, passed_over } = instrument;
  const values = new Set(items.map((item) => valuesOf(item).join()));
  const [each] = items;
  const { low, high } = rangeOf(instrument);
  const said = [
    values.size === 1 && each ? say("about.questions", { n: items.length, answers: valuesOf(each).map(numberWords).join(", ") }) : say("questionnaires.count", { n: items.length }),
    rule ? say("about.sum", { low, high }) : say("questionnaire.no_rule"),
    prorate ? say("questionnaire.may_miss", { n: prorate }) : "",
    ...Object.entries(subscales).map(([name, numbers]) => say("about.part", { name, numbers: numbers.map(numberWords).join(", ") })),
    change ? say("about.change", { least: leastWords(change), citation: cited(change) }) : "",
    recall_days ? say("questionnaire.recall", { n: recall_days }) : "",
    min_age !== null ? say("about.from_age", { n: min_age }) : "",
    max_age !== null ? say("about.to_age", { n: max_age }) : "",
    passed_over ? say("about.passed_over", { n: passed_over }) : "",
    licence ? say("about.licence", { licence }) : "",
  ];
  return said.filter(Boolean);
}
