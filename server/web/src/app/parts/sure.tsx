/** An act that can't be undone: its button asks in its place, in a sentence, before it is done. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../words/words";

interface SureProps {
  /** What the button says, before and after it asked. */
  readonly act: string;
  /** What comes of it. */
  readonly words: string;
  readonly onSure: () => Promise<unknown>;
}

export function Sure({ act, words, onSure }: SureProps) {
  const [stage, setStage] = useState<"" | "asking" | "done" | "busy">("");
  const group = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (stage === "asking") group.current?.focus();
    if (stage === "done") button.current?.focus();
  }, [stage]);
  const go = async (): Promise<void> => {
    setStage("busy");
    await onSure();
    setStage("");
  };
  if (stage === "" || stage === "done") {
    return <button type="button" class="act slim" ref={button} onClick={() => setStage("asking")}>{act}</button>;
  }
  return (
    <div class="sure stack" role="group" aria-label={act} tabIndex={-1} ref={group}>
      <p>{words}</p>
      <div class="acts">
        <button type="button" class="act slim" disabled={stage === "busy"} onClick={() => void go()}>{act}</button>
        <button type="button" class="act slim bare" disabled={stage === "busy"} onClick={() => setStage("done")}>{say("form.not_now")}</button>
      </div>
    </div>
  );
}
