/** Goals to begin with, as they come with Milepost; they are fetched when somebody asks for them. */

import { computed, signal } from "@preact/signals";

import type { Example } from "../app/parts/examples";
import { languageOf, locale } from "../app/words/words";

/** An example as the core has it. `why_prompt` asks for the person's own reason. */
export interface Template {
  readonly id: string;
  readonly area: string;
  readonly kind: "open" | "smart";
  readonly title: string;
  readonly why_prompt: string;
  readonly looks_like: string | null;
  readonly milestones: readonly string[];
  readonly practices: readonly { readonly title: string; readonly recurrence: string; readonly minutes: number | null }[];
  readonly measure: { readonly question: string; readonly low: number; readonly high: number; readonly better: "up" | "down" | "keep" } | null;
}

interface Kept {
  readonly AREAS: readonly string[];
  readonly TEMPLATES: readonly Template[];
}

const inEnglish = (): Promise<Kept> => import("./generated/templates");

/** Language → how the examples in it are fetched: whole, so that a reader fetches one file. */
const KEPT: Readonly<Record<string, () => Promise<Kept>>> = { en: inEnglish, de: () => import("./generated/templates_de") };

const fetched = signal<{ readonly language: string; readonly all: readonly Example[] } | undefined>(undefined);

/** All there are, by area and in the reader's language; undefined until they were asked for in that. */
export const examples = computed(() => (fetched.value?.language === languageOf(locale.value) ? fetched.value.all : undefined));

export async function fetchExamples(): Promise<void> {
  if (examples.peek()) return;
  const language = languageOf(locale.peek());
  const { AREAS, TEMPLATES } = await (KEPT[language] ?? inEnglish)();
  const inOrder = AREAS.flatMap((area) => TEMPLATES.filter((one) => one.area === area));
  fetched.value = { language, all: inOrder.map(exampleOf) };
}

function exampleOf({ id, area, kind, title, why_prompt, looks_like, milestones, practices, measure }: Template): Example {
  const follow = measure && { question: measure.question, low: String(measure.low), high: String(measure.high), better: measure.better };
  return { id, area, kind, title, whyPrompt: why_prompt, looksLike: looks_like ?? "", steps: milestones, practices, ...(follow && { follow }) };
}
