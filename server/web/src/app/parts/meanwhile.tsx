/** What was changed elsewhere while a form was open: what is so there now beside one's own, and the choice. */

import { drafts, useDraft } from "../drafts";
import { dayWords } from "../words/days";
import { type Key, numberWords, say } from "../words/words";

/** A form that was begun: its words, and what it was begun from. */
export interface Begun<Words> {
  readonly words: Words;
  readonly from: Words;
}

/** A form of words that are there already. Until somebody types, it is as they are now; what they typed is kept as a draft. */
export function useBegun<Words extends object>(name: string, now: Words, whose: { readonly own?: boolean } = {}) {
  const draft = useDraft<Begun<Words>>(name, { words: now, from: now }, whose);
  const { words, from } = drafts.has(draft.place) ? draft.value : { words: now, from: now };
  const set = (changed: Partial<Words>): void => draft.set({ words: { ...words, ...changed }, from });
  return { words, from, set, earlier: draft.earlier, end: draft.end, keepBy: draft.keepBy };
}

interface MeanwhileProps<Words> {
  /** Every field that the form can change, by what it is called: what is not shown here could be written over unseen. */
  readonly labels: Readonly<Partial<Record<keyof Words, Key>>>;
  readonly mine: Words;
  /** What the form was begun from, and what is so now. */
  readonly from: Words;
  readonly now: Words;
  readonly take: (changed: Partial<Words>) => void;
  /** How a value is said that is neither words, a number nor a day. */
  readonly put?: (field: keyof Words, value: unknown) => string | undefined;
}

export function Meanwhile<Words extends object>({ labels, mine, from, now, take, put }: MeanwhileProps<Words>) {
  const fields = Object.keys(labels) as (keyof Words)[];
  const changed = fields.filter((one) => !alike(now[one], from[one]) && !alike(now[one], mine[one]));
  return (
    <div role="status">
      {changed.length > 0 && (
        <div class="sheet stack">
          <p>{say("form.meanwhile")}</p>
          {changed.map((one) => (
            <div key={one} class="tight">
              <h2>{say(labels[one] as Key)}</h2>
              <p class="own">{put?.(one, now[one]) ?? (wordsOf(now[one]) || say("nothing_yet"))}</p>
              <button type="button" class="act slim" onClick={() => take({ [one]: now[one] } as unknown as Partial<Words>)}>{say("form.take")}</button>
            </div>
          ))}
          <p class="quiet">{say("form.meanwhile_keep")}</p>
        </div>
      )}
    </div>
  );
}

function alike(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? "") === JSON.stringify(other ?? "");
}

function wordsOf(value: unknown): string {
  if (typeof value === "number") return numberWords(value);
  if (typeof value !== "string") return "";
  return /^\d{4}-\d\d-\d\d$/.test(value) ? dayWords(value) : value;
}
