/** Where the focus goes when what had it is taken away: to the heading of its part, and not back to the beginning. */

let back: () => void = () => undefined;

/** Puts the focus where it was last in the part that is watched. */
export function giveBackFocus(): void {
  back();
}

/** Watches a part of the page. Returns what ends it. */
export function keepFocus(within: HTMLElement): () => void {
  let last: Element | null = null;
  let part: Element | null = null;
  /** What had the focus and was put out of use for a moment. */
  let busy: Element | null = null;
  const came = (event: FocusEvent): void => {
    last = event.target as Element;
    part = last.closest("section");
  };
  const toHeading = (): void => {
    const near = part?.isConnected ? part : within;
    const heading = near.querySelector<HTMLElement>("h1, h2") ?? within.querySelector<HTMLElement>("h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(() => {
    if (!last || document.activeElement !== document.body) return;
    if (!last.isConnected) toHeading();
    else if (last === busy && !last.matches(":disabled")) (last as HTMLElement).focus();
    busy = last.matches(":disabled") ? last : null;
  });
  back = () => (last?.isConnected ? (last as HTMLElement).focus() : toHeading());
  within.addEventListener("focusin", came);
  watch.observe(within, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  return () => {
    within.removeEventListener("focusin", came);
    watch.disconnect();
  };
}
