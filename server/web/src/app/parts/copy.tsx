/** A button that puts a text where it can be pasted from. Knows not what the text is for. */

import { useRef, useState } from "preact/hooks";
import { tell } from "../toasts";
import { say } from "../words/words";

interface CopyProps {
  readonly text: string;
  /** What it is, for who hears the button and doesn't see what it stands beside. */
  readonly what: string;
}

export function Copy({ text, what }: CopyProps) {
  const [said, setSaid] = useState<"copy" | "copied" | "by_hand">("copy");
  const button = useRef<HTMLButtonElement>(null);
  const copy = async (): Promise<void> => {
    const outcome = (await copied(text, button.current)) ? "copied" : "by_hand";
    setSaid(outcome);
    tell(say(`copy.${outcome}`));
  };
  return (
    <button type="button" class="act" ref={button} aria-label={said === "copy" ? say("copy.this", { what }) : undefined} onClick={() => void copy()}>
      {say(`copy.${said}`)}
    </button>
  );
}

/** Copies; where a page may not do so by itself (it is not served by https), the way that browsers had before. */
async function copied(text: string, near: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = near?.closest(".copied")?.querySelector("input");
    field?.select();
    return document.execCommand("copy");
  }
}
