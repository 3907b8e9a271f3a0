/** The first and the latest words about a goal, side by side, in the person's own wording. The app adds none. */

import { OwnWords } from "../markdown/words";
import { Part } from "../parts/page";
import { begun, dateWords } from "../words/days";
import { say } from "../words/words";
import type { Day, ThenNow } from "./shown";

export function ThenAndNow({ words, on }: { words: ThenNow; on: Day }) {
  return (
    <Part title={say("goal.then_now")}>
      <div class="sides">
        {[words.first, words.latest].map((one) => (
          <div key={one.on} class="side">
            <h3 class="quiet">{begun(dateWords(one.on, on))}</h3>
            <OwnWords text={one.text} />
          </div>
        ))}
      </div>
    </Part>
  );
}
