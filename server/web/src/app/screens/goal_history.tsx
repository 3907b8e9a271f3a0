/** How a goal's wording changed: what went and what came, told apart by more than colour. */

import { diff } from "../parts/diff";
import { begun, dateWords } from "../words/days";
import { say } from "../words/words";
import type { Change, Day } from "./shown";

export function History({ changes, on }: { changes: readonly Change[]; on: Day }) {
  return (
    <ol class="rows">
      {changes.map((change) => (
        <li key={change.id}>
          <div class="grow tight">
            <small>{[begun(dateWords(change.on, on)), say(`field.${change.field}`), change.by].filter(Boolean).join(" · ")}</small>
            <p class="own">
              {diff(change.before, change.after).map((run, i) => {
                if (run.kind === "gone") return <del key={i}>{run.text}</del>;
                return run.kind === "new" ? <ins key={i}>{run.text}</ins> : run.text;
              })}
            </p>
            {change.reason && <p class="quiet">{say("goal.reason", { reason: change.reason })}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
