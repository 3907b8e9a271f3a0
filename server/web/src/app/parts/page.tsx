/** What every screen begins with, and what one that has nothing yet shows. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import { OwnWords } from "../markdown/words";
import { address, type ScreenName } from "../router";
import { type Key, say } from "../words/words";
import { Drawing, type DrawingName } from "./drawings";

interface TopProps {
  readonly title: string;
  /** A smaller line above the title. */
  readonly above?: string | undefined;
  readonly back?: { readonly screen: ScreenName; readonly id?: string; readonly words: string };
  readonly children?: ComponentChildren;
}

/** Set whenever a heading is there or has other words: a page's comes a moment after its address. */
export const headed = signal({});

/** The top of a screen. Its heading takes the focus when the screen is come to. */
export function Top({ title, above, back, children }: TopProps) {
  useLayoutEffect(() => void (headed.value = {}), [title]);
  return (
    <div class="top tight">
      {back && <a class="back" href={address(back.screen, back.id)}>{back.words}</a>}
      {above && <p class="quiet">{above}</p>}
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}

/** A part of a screen, under a heading. */
export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** A text of somebody's under a heading; nothing where there is none. With `calls`, numbers in it are called. */
export function Written({ title, text, calls }: { title: string; text: string | undefined; calls?: boolean }) {
  if (!text) return null;
  return (
    <div class="tight">
      <h2>{title}</h2>
      <OwnWords text={text} calls={calls} />
    </div>
  );
}

/** A page, or a part of one, that has nothing in it: a drawing and a sentence. */
export function Empty({ drawing, words, children }: { drawing: DrawingName; words: Key; children?: ComponentChildren }) {
  return (
    <div class="empty stack">
      <Drawing name={drawing} />
      <p>{say(words)}</p>
      {children}
    </div>
  );
}
