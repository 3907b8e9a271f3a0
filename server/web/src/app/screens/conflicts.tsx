/** What was written twice at once: both wordings side by side, to keep either or to write a third. */

import { useDraft } from "../drafts";
import { WordsField } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { More } from "../parts/unfold";
import { begun, dayWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { ConflictShown, ConflictsShown, Day } from "./shown";

export interface ConflictsActs {
  /** What comes in after somebody looked at these versions is not settled by it. */
  settle(conflict: ConflictShown, keep: { readonly write: string } | { readonly words: string }): Promise<boolean>;
}

export type ConflictsPage = Page<ConflictsShown, ConflictsActs>;

export function Conflicts({ shown, acts }: ConflictsPage) {
  return (
    <>
      <Top title={say("settle.title")}>
        {shown.conflicts.length > 0 && <p class="narrow">{say("settle.what")}</p>}
      </Top>
      {shown.conflicts.length + shown.elsewhere === 0 && <Empty drawing="streams" words="settle.empty" />}
      {shown.elsewhere > 0 && <p class="narrow quiet">{say("settle.elsewhere", { n: shown.elsewhere })} <code>milepost conflicts</code></p>}
      {shown.conflicts.map((one) => <One key={one.id} conflict={one} on={shown.on} acts={acts} />)}
    </>
  );
}

function One({ conflict, on, acts }: { conflict: ConflictShown; on: Day; acts: ConflictsActs }) {
  const draft = useDraft(`settle:${conflict.id}`, conflict.versions[0].words);
  const keep = (event: Event): void => {
    event.preventDefault();
    const words = draft.value.trim();
    if (words) void draft.keepBy(() => acts.settle(conflict, { words }));
  };
  return (
    <Part title={conflict.title ? say("settle.field", { title: conflict.title, field: conflict.about }) : conflict.about}>
      <div class="sides">
        {conflict.versions.map((version, i) => (
          <div key={version.write} class="side">
            <h3 class="quiet">{say("settle.wrote", { who: version.by, day: dayWords(version.on, on), device: version.device })}</h3>
            <p class="own">{version.words}</p>
            {i === 0 && <small>{say("settle.shown_now")}</small>}
            {!conflict.readOnly && <button type="button" class="act" aria-label={say("settle.keep_this", { words: version.words })} onClick={() => void acts.settle(conflict, { write: version.write })}>
              {begun(say("settle.keep"))}
            </button>}
          </div>
        ))}
      </div>
      {conflict.inWords && !conflict.readOnly && (
        <More title={say("settle.third")}>
          <form class="stack narrow" onSubmit={keep}>
            <WordsField label={say("settle.third_label")} lines={2} value={draft.value} onInput={draft.set} />
            <button class="act main">{say("keep")}</button>
          </form>
        </More>
      )}
    </Part>
  );
}
