/** The short word after an act, with a way to undo it; and what is only said to those who listen. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { giveBackFocus } from "./parts/focus";
import { say } from "./words/words";

interface Toast {
  readonly said: string;
  readonly undo: (() => void) | null;
  /** What the button says, where it is no undoing; such a word stays until somebody answers it. */
  readonly offered?: string;
}

/** How long a word stays. It stays longer while somebody points at it or is on it by keyboard. */
const STAYS_MS = 15_000;

export const toast = signal<Toast | null>(null);
const aloud = signal("");

/** Says what was done, and offers to undo it. */
export function done(said: string, undo: (() => void) | null = null): void {
  toast.value = { said, undo };
}

/** Does something more when what was done last is undone. */
export function onUndo(more: () => void): void {
  const shown = toast.value;
  if (!shown?.undo || shown.offered) return;
  const back = shown.undo;
  toast.value = { ...shown, undo: () => (back(), more()) };
}

/** Says that something can be had, and how it is taken. */
export function offer(said: string, offered: string, take: () => void): void {
  toast.value = { said, undo: take, offered };
}

/** Says something to a screen reader alone, such as where a goal was moved to. */
export function tell(words: string): void {
  aloud.value = aloud.value === words ? `${words}\u00a0` : words;
}

/** Where both are heard, and the first is seen. */
export function Toasts() {
  const shown = toast.value;
  const rest = useRest(shown);
  useEffect(() => {
    document.addEventListener("keydown", undoByKey);
    return () => document.removeEventListener("keydown", undoByKey);
  }, []);
  return (
    <>
      <div class="unseen" role="status">{aloud.value}</div>
      <div class="toast" role="status">
        {shown && (
          <div onPointerEnter={rest.wait} onPointerLeave={rest.go} onFocusIn={rest.wait} onFocusOut={rest.go}>
            <p>{shown.said}</p>
            {shown.undo && <button type="button" onClick={undo}>{shown.offered ?? say("toast.undo")}</button>}
            <button type="button" onClick={close} aria-label={say("toast.close")}>
              <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M7 7l10 10M17 7L7 17" /></svg>
            </button>
          </div>
        )}
      </div>
    </>
  );
}

function useRest(shown: Toast | null): { wait: () => void; go: () => void } {
  const clock = useRef(0);
  const wait = (): void => window.clearTimeout(clock.current);
  const start = (): void => {
    wait();
    if (toast.value && !toast.value.offered) clock.current = window.setTimeout(dismiss, STAYS_MS);
  };
  useEffect(() => {
    start();
    return wait;
  }, [shown]);
  return { wait, go: start };
}

function undo(): void {
  const shown = toast.value;
  close();
  shown?.undo?.();
  if (shown?.undo && !shown.offered) tell(say("toast.undone"));
}

/** Away with it; who answered it by keyboard goes on from where they were. */
function close(): void {
  const within = document.activeElement?.closest(".toast");
  dismiss();
  if (within) giveBackFocus();
}

function dismiss(): void {
  toast.value = null;
}

function undoByKey(event: KeyboardEvent): void {
  const typing = (event.target as Element | null)?.closest?.("input, textarea, select, [contenteditable]");
  const asked = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (typing || !asked || !toast.value?.undo) return;
  event.preventDefault();
  undo();
}
