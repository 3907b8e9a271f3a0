/** Goals to begin with, as they come with Milepost; they are fetched when somebody asks for them. */

import { signal } from "@preact/signals";

import type { Example } from "../app/parts/examples";

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

/** All there are, by area; undefined until they were asked for. */
export const examples = signal<readonly Example[] | undefined>(undefined);

export async function fetchExamples(): Promise<void> {
  if (examples.peek()) return;
  const { AREAS, TEMPLATES } = await import("./generated/templates");
  const inOrder = AREAS.flatMap((area) => TEMPLATES.filter((one) => one.area === area));
  examples.value = inOrder.map(exampleOf);
}

function exampleOf({ id, area, kind, title, why_prompt, looks_like, milestones, practices, measure }: Template): Example {
  const follow = measure && { question: measure.question, low: String(measure.low), high: String(measure.high), better: measure.better };
  return { id, area, kind, title, whyPrompt: why_prompt, looksLike: looks_like ?? "", steps: milestones, practices, ...(follow && { follow }) };
}
