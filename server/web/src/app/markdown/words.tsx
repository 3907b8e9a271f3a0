/** People's own words on the page, in the type that is theirs. */

import type { ComponentChildren } from "preact";
import { type Block, type Inline, treeOf } from "./tree";

/** A text that somebody wrote, with its paragraphs, emphasis, lists and links; with `calls`, its numbers are called. */
export function OwnWords({ text, calls }: { text: string; calls?: boolean | undefined }) {
  return <div class="own words">{treeOf(text, calls).map(block)}</div>;
}

function block(one: Block): ComponentChildren {
  if (one.kind === "paragraph") return <p>{one.inside.map(inline)}</p>;
  const items = one.items.map((item) => <li>{item.map(inline)}</li>);
  return one.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function inline(one: Inline): ComponentChildren {
  switch (one.kind) {
    case "text":
      return one.text;
    case "break":
      return <br />;
    case "em":
      return <em>{one.inside.map(inline)}</em>;
    case "strong":
      return <strong>{one.inside.map(inline)}</strong>;
    case "link":
      return <a href={one.to} target="_blank" rel="noopener noreferrer">{one.inside.map(inline)}</a>;
  }
}
