/** What was changed elsewhere while a form was open: the other wording beside one's own, and the choice. */

import { drafts, useDraft } from "../drafts";
import { type Key, say } from "../words/words";

/** A form that was begun: its words, and what it was begun from. */
export interface Begun<Words> {
  readonly words: Words;
  readonly from: Words;
}

/** A form of words that are there already. Until somebody types, it is as they are now; what they typed is kept as a draft. */
export function useBegun<Words extends object>(place: string, now: Words) {
  const draft = useDraft<Begun<Words>>(place, { words: now, from: now });
  const { words, from } = drafts.has(place) ? draft.value : { words: now, from: now };
  const set = (changed: Partial<Words>, seen = from): void => draft.set({ words: { ...words, ...changed }, from: seen });
  return { words, from, set, take: (taken: Partial<Words>): void => set(taken, { ...from, ...taken }), end: draft.end, keepBy: draft.keepBy };
}

interface MeanwhileProps<Words> {
  /** The fields that hold words of somebody's, by what each is called. */
  readonly labels: Readonly<Partial<Record<keyof Words, Key>>>;
  readonly mine: Words;
  /** What the form was begun from, and what is so now. */
  readonly from: Words;
  readonly now: Words;
  readonly take: (changed: Partial<Words>) => void;
}

export function Meanwhile<Words extends object>({ labels, mine, from, now, take }: MeanwhileProps<Words>) {
  const fields = Object.entries<Key>(labels as Record<string, Key>) as [keyof Words, Key][];
  const words = (of: Words, field: keyof Words): string => (typeof of[field] === "string" ? of[field] : "");
  const changed = fields.filter(([one]) => words(now, one) !== words(from, one) && words(now, one) !== words(mine, one));
  return (
    <div role="status">
      {changed.length > 0 && (
        <div class="sheet stack">
          <p>{say("form.meanwhile")}</p>
          {changed.map(([one, label]) => (
            <div key={one} class="tight">
              <h2>{say(label)}</h2>
              <p class="own">{words(now, one) || say("nothing_yet")}</p>
              <button type="button" class="act slim" onClick={() => take({ [one]: now[one] } as Partial<Words>)}>{say("form.take")}</button>
            </div>
          ))}
          <p class="quiet">{say("form.meanwhile_keep")}</p>
        </div>
      )}
    </div>
  );
}
