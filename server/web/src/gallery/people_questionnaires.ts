/** Made-up questionnaires and forms. Their words are nobody's but ours. */

import type { QuestionnaireShown } from "../app/screens/questionnaire";
import type { QuestionnairesShown } from "../app/screens/questionnaires";
import { ON } from "./people";

export const LINES: QuestionnairesShown = {
  on: ON,
  lines: [
    { id: "gad-7", title: "GAD-7", questions: 7, worded: false, brought: false },
    { id: "goose", title: "How the geese are", questions: 2, worded: true, brought: true },
    { id: "phq-9", title: "PHQ-9", questions: 9, worded: false, brought: false, last: "2031-03-10" },
  ],
};

const OPTIONS = [0, 1, 2, 3].map((value) => ({ value }));

export const UNWORDED: QuestionnaireShown = {
  on: ON, id: "phq-9", title: "PHQ-9", worded: false,
  questions: Array.from({ length: 9 }, () => ({ options: OPTIONS })),
  about: ["9 questions; the answers to each are 0, 1, 2, 3.", "The answers are added up, from 0 to 27 points.", "It asks about the last 14 days."],
  filled: [],
};

export const FILLED: QuestionnaireShown = {
  ...UNWORDED,
  progress: {
    words: "From 17 to 13 points since 10 February.",
    series: [{ low: 0, high: 27, unit: "points", points: [{ on: "2031-02-10", value: 17 }, { on: "2031-02-24", value: 15 }, { on: "2031-03-10", value: 13 }] }],
    marks: [],
  },
  filled: [
    {
      id: "f2", on: "2031-03-10", brief: "13 points", sensitive: ["Question 9 is marked 1. It asks about suicide and self-harm."],
      words: ["13 of 27 points. That is a quick look at these days, and no diagnosis."], answers: ["2", "1", "2", "1", "2", "1", "2", "1", "1"],
    },
    { id: "f1", on: "2031-02-10", brief: "not complete", sensitive: [], words: ["1 answer is left out, so there is no total."], answers: ["left out", "1"] },
  ],
};

export const KEPT: QuestionnaireShown = {
  ...FILLED,
  kept: {
    id: "f3",
    sensitive: ["Question 9 is marked 1. It asks about suicide and self-harm.", "Milepost has told nobody.", "There are people who listen, at any time."],
    words: [
      "13 of 27 points. That is a quick look at these days, and no diagnosis.", "You filled this in 3 days ago. It asks about the last 14 days.",
      "4 points fewer than the first time (10 February). That may be chance: a change counts from 6 points or more (a made-up manual).",
    ],
    band: "From 10 points on, the authors call it “moderate” (a made-up paper).",
  },
};

export const WORDED: QuestionnaireShown = {
  on: ON, id: "goose", title: "How the geese are", worded: true, prompt: "In the last week, how often …",
  questions: ["did a goose look at you as if it knew?", "did you walk the long way round the pond?"].map((text) => ({
    text, options: [{ value: 0, label: "not once" }, { value: 1, label: "on some days" }, { value: 2, label: "every single day, and once at night by the light of the moon" }],
  })),
  about: ["2 questions; the answers to each are 0, 1, 2."], filled: [],
};
