/**
 * How a goal is followed, as its form holds it, and what is written where that was changed. What is measured in other words or
 * another way is a new measure, with a line of its own in the chart: what was said before answered the one before.
 */

import { typedNumber } from "../app/parts/typed";
import { NO_WORDS, type Follow } from "../app/screens/shown";
import type { Json } from "../core/generated/payloads";
import type { Measure } from "../core/generated/views";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { newId } from "../device/ids";
import { given } from "../views/fields";
import { measureOf } from "./measures";
import type { Draft } from "./refusing";

const WAYS: Readonly<Record<string, Follow["how"]>> = { scale: "number", amount: "amount", attainment: "levels" };
const TYPES = { number: "scale", amount: "amount", levels: "attainment" } as const;
const LEVELS = ["level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2"] as const;

/** How a goal with this measure is followed now. */
export function followOf(state: State, id: string | null): Follow {
  const measure = measureOf(state, id);
  if (!measure) return NO_WORDS.follow;
  const how = WAYS[measure.type] ?? "other";
  return {
    how,
    question: measure.question ?? "",
    low: endOf(measure.low, how, "0"),
    high: endOf(measure.high, how, "10"),
    lowWords: (how === "number" && measure.level_minus_2) || "",
    highWords: (how === "number" && measure.level_plus_2) || "",
    unit: measure.unit ?? "",
    levels: LEVELS.map((level) => (how === "levels" && measure[level]) || ""),
    target: measure.target === null ? "" : String(measure.target),
    better: betterOf(measure),
  };
}

function endOf(end: number | null, how: Follow["how"], first: string): string {
  return end === null ? (how === "number" ? first : "") : String(end);
}

function betterOf({ better }: Measure): Follow["better"] {
  return better === "down" || better === "keep" ? better : "up";
}

/** A new measure of a goal, which it has from now on; nothing where it is followed in words. */
export function measured(goal: string, follow: Follow): Draft[] {
  if (follow.how === "words" || follow.how === "other") return [];
  const id = newId();
  return [
    { type: "measure.defined", fields: { id, goal, type: TYPES[follow.how], ...meaning(follow), ...aim(follow) } },
    { type: "goal.revised", fields: { id: goal, measure: id } },
  ];
}

/** What is to be written where a form that was begun from `base` says `follow` now; `measure` is the goal's at its beginning. */
export function followedAnew(goal: string, measure: string, follow: Follow, base: Follow): Draft[] {
  if (follow.how === "words") return base.how === "words" ? [] : [{ type: "goal.revised", fields: { id: goal, measure: null } }];
  if (follow.how === "other") return [];
  const isSame = follow.how === base.how && JSON.stringify(meaning(follow)) === JSON.stringify(meaning(base));
  if (!isSame) return measured(goal, follow);
  const target = typedNumber(follow.target) ?? null;
  const changed = said({
    target: target === (typedNumber(base.target) ?? null) ? undefined : target,
    better: follow.better === base.better ? undefined : follow.better,
  });
  return Object.keys(changed).length ? [{ type: "measure.revised", fields: { id: measure, ...changed } }] : [];
}

/** What puts a goal's measure back as it is in `state`, after such drafts. */
export function followedAsWas(state: State, drafts: readonly Draft[]): Draft[] {
  return drafts.flatMap(({ type, fields }): Draft[] => {
    const id = fields["id"] as string;
    if (type === "goal.revised" && "measure" in fields) return [{ type, fields: { id, measure: state.fields("goal", id)["measure"] ?? null } }];
    if (type !== "measure.revised") return [];
    const was = state.fields("measure", id);
    return [{ type, fields: { id, ...("target" in fields && { target: was["target"] ?? null }), ...("better" in fields && { better: was["better"] ?? "up" }) } }];
  });
}

/** What a measure asks, and in what words it is answered. */
function meaning({ how, question, low, high, lowWords, highWords, unit, levels }: Follow): Fields {
  const words = (text: string): string | undefined => text.trim().replace(/\s+/g, " ") || undefined;
  const asked = { question: words(question) };
  if (how === "levels") {
    const described = Object.fromEntries(LEVELS.map((level, i) => [level, words(levels[i] ?? "")]));
    return said({ ...asked, low: -2, high: 2, ...described });
  }
  const ends = { low: typedNumber(low) ?? undefined, high: typedNumber(high) ?? undefined };
  const meant = how === "number" ? { level_minus_2: words(lowWords), level_plus_2: words(highWords) } : {};
  return said({ ...asked, ...ends, ...meant, unit: words(unit) });
}

function aim({ how, target, better }: Follow): Fields {
  if (how === "levels") return {};
  return said({ target: typedNumber(target) ?? undefined, better });
}

/** Those fields that something is said in. */
function said(fields: Readonly<Record<string, Json | undefined>>): Fields {
  return given<Record<string, Json>>(fields as Record<string, Json>);
}
