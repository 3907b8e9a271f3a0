/** The box for what somebody wants to bring to a session, and what is in it already. */

import { useDraft } from "../drafts";
import { EVERYTHING, type May, type TopicShown } from "../screens/shown";
import { say } from "../words/words";
import { WordsField } from "./field";

interface TopicsProps {
  readonly topics: readonly TopicShown[];
  readonly may?: May | undefined;
  readonly onBring: (text: string) => Promise<boolean>;
  readonly onDrop: (topic: string) => void;
}

export function Topics({ topics, may = EVERYTHING, onBring, onDrop }: TopicsProps) {
  const draft = useDraft("topic", "");
  const text = draft.value.trim();
  const keep = (event: Event): void => {
    event.preventDefault();
    if (text) void draft.keepBy(() => onBring(text));
  };
  return (
    <div class="stack">
      {may.talk && (
        <form class="bring" onSubmit={keep}>
          <WordsField label={say("topic.label")} value={draft.value} onInput={draft.set} lines={1} />
          <button class="act">{say("keep")}</button>
        </form>
      )}
      {topics.length > 0 && (
        <ul class="rows">
          {topics.map((topic) => (
            <li key={topic.id}>
              <span class="grow">
                <span class="own">{topic.text}</span>
                {topic.by && <small>{say("by", { who: topic.by })}</small>}
              </span>
              {may.talk && (
                <button type="button" class="act slim bare" aria-label={say("topic.drop_this", { text: topic.text })} onClick={() => onDrop(topic.id)}>
                  {say("topic.drop")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
