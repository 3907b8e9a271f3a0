/** What need not be seen at first: a heading that opens, by itself where there is something in it. */

import type { ComponentChildren } from "preact";

interface UnfoldProps {
  readonly title: ComponentChildren;
  readonly aside?: string | undefined;
  readonly open?: boolean;
  readonly children: ComponentChildren;
}

/** An optional part of a form, or what was put away. */
export function Unfold({ title, aside, open = false, children }: UnfoldProps) {
  return (
    <details class="unfold" open={open}>
      <summary>
        {title}
        {aside && <span class="quiet">{aside}</span>}
      </summary>
      <div class="stack">{children}</div>
    </details>
  );
}

/** More of what is above. */
export function More({ title, open = false, children }: UnfoldProps) {
  return (
    <details class="more" open={open}>
      <summary>{title}</summary>
      <div class="stack">{children}</div>
    </details>
  );
}
