/** What a page says that shows what only a server knows, where this browser is connected to none. */

import { address } from "../router";
import { type Key, say } from "../words/words";
import type { DrawingName } from "./drawings";
import { Empty } from "./page";

export function NeedsServer({ drawing, words }: { drawing: DrawingName; words: Key }) {
  return (
    <Empty drawing={drawing} words={words}>
      <p><a class="act main" href={address("connect")}>{say("needs_server.connect")}</a></p>
      <p class="quiet">{say("needs_server.else")}</p>
    </Empty>
  );
}
