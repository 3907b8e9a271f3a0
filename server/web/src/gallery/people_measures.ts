/** Goals that are followed by an amount or by levels, of the same made-up people. */

import { withExample, type Example } from "../app/parts/examples";
import { NO_WORDS, type Asked, type Follow, type GoalShown, type TodayShown } from "../app/screens/shown";
import { GOAL, ON, TODAY } from "./people";

const LEVELS = ["I hide in the cellar", "I think it, and say nothing", "I say it a day later", "more than hoped", "I say it at once, and the ceiling stays where it is"];
const AMOUNT: Asked = { question: "How many pages of the moon atlas did I read?", low: 0, unit: "pages" };
const LEVELLED: Asked = { question: "How did I say it to the dragon?", low: -2, high: 2, levels: LEVELS };

export const TODAY_MEASURES: TodayShown = {
  ...TODAY,
  subjects: [
    { id: "g1", title: "Read a little before the lamps go out", asked: AMOUNT, saidToday: { id: "c0", on: ON, number: "12 pages" } },
    { id: "g2", title: "Say what I need, even to the dragon next door", asked: LEVELLED, saidToday: { id: "c1", on: ON, level: "I say it a day later" } },
    { id: "g3", title: "Row as far as the clouds go", asked: { low: 0, high: 100, lowWords: "the jetty", highWords: "the end of the clouds", question: "How far did I row?" } },
  ],
};

export const LEVELS_GOAL: Partial<GoalShown> = {
  asked: LEVELLED,
  progress: {
    words: "How far did I row? From 2 to 6 since 28 December. How did I say it to the dragon? From “I hide in the cellar” to “I say it a day later” since 15 February.",
    series: [
      { question: "How far did I row?", low: 0, high: 10, points: (GOAL.progress?.series[0]?.points ?? []).slice(0, 6) },
      { question: "How did I say it to the dragon?", low: -2, high: 2, levels: LEVELS, points: [{ on: "2031-02-15", value: -2 }, { on: "2031-02-24", value: 1 }, { on: "2031-03-10", value: 0 }] },
    ],
    marks: [],
  },
  checkins: [
    { id: "c3", on: "2031-03-10", level: "I say it a day later", note: "The ceiling is still there." },
    { id: "c2", on: "2031-02-24", level: "more than hoped" },
    { id: "c1", on: "2030-12-28", number: "2 cloud miles" },
  ],
};

const BEGUN: Follow = { ...NO_WORDS.follow, how: "levels", question: "How did I say it to the dragon?", levels: ["I hide in the cellar", "", "I say it a day later", "", "I say it at once"] };
export const BY_LEVELS = { ...NO_WORDS, title: GOAL.title, follow: BEGUN };
export const BY_AMOUNT = { ...NO_WORDS, title: "Read a little before the lamps go out", follow: { ...BEGUN, how: "amount" as const, low: "", high: "", unit: "pages", target: "10" } };
export const BY_NUMBER = { ...NO_WORDS, title: GOAL.title, follow: { ...BEGUN, how: "number" as const, lowWords: "very hard", highWords: "comes easily" } };

export const EXAMPLES: readonly Example[] = [
  {
    id: "x1", area: "sleep", kind: "smart", title: "Let the evening grow as quiet as a snail", whyPrompt: "What would a slow evening give you?", looksLike: "The lamps go out one by one.",
    steps: ["Choose when the day is over", "Give the moon atlas a place for the night"],
    practices: [{ title: "A quiet half hour", recurrence: "FREQ=DAILY", minutes: 30 }, { title: "Listen to the clouds", recurrence: "FREQ=WEEKLY;BYDAY=MO,TH", minutes: null }],
    follow: { question: "How calm was my evening?", low: "0", high: "10", better: "up" },
  },
];
export const FROM_EXAMPLE = withExample(NO_WORDS, EXAMPLES[0] as Example, EXAMPLES);
