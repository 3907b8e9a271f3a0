/**
 * What somebody began to write and has not kept. It stays while they look elsewhere, so leaving a page asks nothing; and over a
 * reload, where something keeps it.
 */

import { useRef, useState } from "preact/hooks";
import { onUndo, toast } from "./toasts";

/** Place (as in `goal:3fa`) → what was begun there. */
export const drafts = new Map<string, unknown>();

type Keeper = (place: string, draft: unknown) => void;
let keeper: Keeper = () => undefined;

/** Begins with these drafts, and tells `by` of each that changes: undefined is one that is not wanted any more. */
export function keepDrafts(begun: Iterable<readonly [place: string, draft: unknown]>, by: Keeper): void {
  for (const [place, draft] of begun) drafts.set(place, draft);
  keeper = by;
}

let within = "";

/** From now on what is begun belongs to this journal: it is not found where another one is open. */
export function draftsIn(journal: string): void {
  within = journal && `${journal}/`;
}

export interface Draft<T> {
  /** Under which it is kept. */
  readonly place: string;
  readonly value: T;
  /** It was begun before this page was come to. */
  readonly earlier: boolean;
  set(value: T): void;
  /** It is not wanted any more: the place is as at first. */
  end(): void;
  /**
   * The same once it is kept. What was refused stays where it is, and what is being kept is not kept twice. Where the act is
   * undone the words are there again, to be kept otherwise.
   */
  keepBy(keep: () => Promise<boolean>): Promise<void>;
}

/** What was begun at a place, else what it begins with. `own`: it is the person's own, whichever journal is open. */
export function useDraft<T>(name: string, first: T, { own = false } = {}): Draft<T> {
  const [place] = useState(own ? name : within + name);
  const [value, setValue] = useState(() => (drafts.has(place) ? (drafts.get(place) as T) : first));
  const [earlier, setEarlier] = useState(drafts.has(place));
  const keeping = useRef(false);
  const end = (): void => {
    drafts.delete(place);
    keeper(place, undefined);
    setValue(first);
    setEarlier(false);
  };
  const set = (next: T): void => {
    drafts.set(place, next);
    keeper(place, next);
    setValue(next);
  };
  return {
    place,
    value,
    earlier,
    set,
    end,
    keepBy: async (keep) => {
      if (keeping.current) return;
      keeping.current = true;
      try {
        const before = toast.value;
        if (!(await keep())) return;
        end();
        if (toast.value !== before) onUndo(() => drafts.has(place) || set(value));
      } finally {
        keeping.current = false;
      }
    },
  };
}
