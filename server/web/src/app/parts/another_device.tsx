/** One more device of the person's own: a link, the same as a code for a camera, and until when it is good. */

import { useState } from "preact/hooks";
import { momentWords } from "../words/days";
import { say } from "../words/words";
import { Once } from "./once";

/** What another device is connected by. `until` is a local time, as in `2031-03-13T09:30`. */
export interface OneMore {
  readonly link: string;
  readonly code: string;
  readonly until: string;
}

interface AnotherDeviceProps {
  readonly made: OneMore | undefined;
  /** Makes a code; gives back what is wrong, in words, where there is none. */
  readonly make: () => Promise<string>;
  readonly onNoted: () => void;
}

export function AnotherDevice({ made, make, onNoted }: AnotherDeviceProps) {
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    setWrong(await make());
    setBusy(false);
  };
  return (
    <section class="part">
      <h2>{say("another.title")}</h2>
      <div class="stack">
        <p class="quiet">{say("another.words")}</p>
        {made && (
          <Once
            title={say("another.until", { when: momentWords(made.until) })}
            words={say("another.how")}
            told={[{ what: say("another.link"), text: made.link }]}
            onNoted={onNoted}
          >
            <p>{say("another.code", { code: made.code })}</p>
          </Once>
        )}
        {wrong && <p role="status">{say("calendar.not_done", { words: wrong })}</p>}
        {!made && <button type="button" class="act" disabled={busy} onClick={() => void ask()}>{say("another.make")}</button>}
      </div>
    </section>
  );
}
