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
  const came = (event: FocusEvent): void => {
    last = event.target as Element;
    part = last.closest("section");
  };
  const toHeading = (): void => {
    const near = part?.isConnected ? part : within;
    const heading = near.querySelector<HTMLElement>("h1, h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(() => {
    if (last && !last.isConnected && document.activeElement === document.body) toHeading();
  });
  back = () => (last?.isConnected ? (last as HTMLElement).focus() : toHeading());
  within.addEventListener("focusin", came);
  watch.observe(within, { childList: true, subtree: true });
  return () => {
    within.removeEventListener("focusin", came);
    watch.disconnect();
  };
}
