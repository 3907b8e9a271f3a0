/**
 * A page: a screen whose code and words come when it is first opened, with what it is shown and what can be done on it. What
 * everybody opens first is none: it is there at once.
 */

import type { ComponentType, FunctionComponent } from "preact";
import { later } from "./parts/later";
import { Unknown } from "./screens/more";
import { speakOfAll } from "./words/words";

export interface Page<Shown, Acts> {
  readonly shown: Shown;
  readonly acts: Acts;
}

/** What a page is given: undefined until what works it out is there, null where there is no such thing. */
export type Given<P> = P | null | undefined;

export function page<Shown, Acts>(load: () => Promise<ComponentType<Page<Shown, Acts>>>): FunctionComponent<{ of: Given<Page<Shown, Acts>> }> {
  const Screen = later(async () => {
    const [screen] = await Promise.all([load(), speakOfAll()]);
    return screen;
  });
  return function Opened({ of }: { of: Given<Page<Shown, Acts>> }) {
    if (of === null) return <Unknown />;
    return of === undefined ? null : <Screen {...of} />;
  };
}
