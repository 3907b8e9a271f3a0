/** A list that people put in order: by drag, by the arrow keys on a handle, or by two buttons. */

import type { ComponentChildren, RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import { tell } from "../toasts";
import { say } from "../words/words";
import { follower, moved, placeAt, within } from "./order";

interface Entry {
  readonly id: string;
  readonly title: string;
}

interface OrderedProps<T extends Entry> {
  readonly entries: readonly T[];
  readonly row: (entry: T) => ComponentChildren;
  /** Something was put before another, or last. */
  readonly onMove: (id: string, before: string | null) => void;
}

export function Ordered<T extends Entry>({ entries, row, onMove }: OrderedProps<T>) {
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [picked, setPicked] = useState("");
  const dragged = useRef(false);
  const ids = entries.map((one) => one.id);
  const shown = (drag?.order ?? ids).flatMap((id) => entries.filter((one) => one.id === id));

  const put = (entry: T, to: number): void => {
    const next = moved(ids, ids.indexOf(entry.id), to);
    const at = next.indexOf(entry.id);
    if (at === ids.indexOf(entry.id)) return;
    onMove(entry.id, follower(next, entry.id));
    tell(say("order.moved", { title: entry.title, place: at + 1, all: ids.length }));
  };
  const lift = (event: PointerEvent, entry: T): void => {
    dragged.current = false;
    if (event.button !== 0) return;
    follow(list, { id: entry.id, order: ids }, (now, over) => {
      dragged.current ||= now.order !== ids;
      setDrag(over ? null : now);
      if (over === "put") put(entry, now.order.indexOf(entry.id));
    });
  };
  const press = (entry: T): void => {
    if (!dragged.current) setPicked(picked === entry.id ? "" : entry.id);
    dragged.current = false;
  };
  const keys = (event: KeyboardEvent, entry: T): void => {
    const to = target(event.key, ids.indexOf(entry.id), ids.length);
    if (to === null) return;
    event.preventDefault();
    put(entry, to);
  };
  return (
    <ol class="rows ordered" ref={list}>
      {shown.map((entry) => (
        <li key={entry.id} data-id={entry.id} class={drag?.id === entry.id ? "lifted" : ""}>
          <div class="grow">{row(entry)}</div>
          {picked === entry.id && <Buttons put={(by) => put(entry, ids.indexOf(entry.id) + by)} at={ids.indexOf(entry.id)} all={ids.length} />}
          <button
            type="button"
            class="handle"
            aria-label={say("order.handle", { title: entry.title })}
            aria-expanded={picked === entry.id}
            onClick={() => press(entry)}
            onKeyDown={(event) => keys(event, entry)}
            onPointerDown={(event) => lift(event, entry)}
          >
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path class="grip" d="M9 6.5v.01M15 6.5v.01M9 12v.01M15 12v.01M9 17.5v.01M15 17.5v.01" /></svg>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** What is dragged, and the order that it would make. */
interface Drag {
  readonly id: string;
  readonly order: readonly string[];
}

type Step = (now: Drag, over?: "put" | "left") => void;

/** Follows a finger until it is lifted. The window hears it: a row that is moved loses what it had captured. */
function follow(list: RefObject<HTMLOListElement | null>, begun: Drag, step: Step): void {
  let now = begun;
  const heard = new AbortController();
  const move = (event: PointerEvent): void => {
    const to = placeUnder(list, now.id, event.clientY);
    if (to === null || now.order[to] === now.id) return;
    now = { id: now.id, order: moved(now.order, now.order.indexOf(now.id), to) };
    step(now);
  };
  const end = (event: PointerEvent): void => {
    heard.abort();
    step(now, event.type === "pointerup" ? "put" : "left");
  };
  window.addEventListener("pointermove", move, { signal: heard.signal });
  window.addEventListener("pointerup", end, { signal: heard.signal });
  window.addEventListener("pointercancel", end, { signal: heard.signal });
}

/** For whoever can't drag: the same by two buttons. */
function Buttons({ put, at, all }: { put: (by: number) => void; at: number; all: number }) {
  const one = (by: -1 | 1, label: "order.up" | "order.down", path: string, end: boolean) => (
    <button type="button" class="move" aria-label={say(label)} aria-disabled={end} onClick={() => put(by)}>
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg>
    </button>
  );
  return (
    <>
      {one(-1, "order.up", "M6 14l6-6 6 6", at === 0)}
      {one(1, "order.down", "M6 10l6 6 6-6", at === all - 1)}
    </>
  );
}

function target(key: string, at: number, all: number): number | null {
  const by: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all - 1 };
  const to = by[key];
  return to === undefined ? null : within(to, all);
}

function placeUnder(list: RefObject<HTMLOListElement | null>, id: string, height: number): number | null {
  if (!list.current) return null;
  const others = [...list.current.children].filter((one) => one instanceof HTMLElement && one.dataset["id"] !== id);
  return placeAt(height, others.map((one) => one.getBoundingClientRect()).map((box) => box.top + box.height / 2));
}
