/** The other places, and a page for an address that leads nowhere. */

import { Top } from "../parts/page";
import { address, type ScreenName } from "../router";
import { say } from "../words/words";

const PLACES = ["together", "conflicts", "plan", "connect", "help_now", "settings"] as const satisfies readonly ScreenName[];

export function MorePlaces() {
  return (
    <div class="narrow">
      <Top title={say("nav.more")} />
      <ul class="rows places">
        {PLACES.map((screen) => (
          <li key={screen}>
            <a href={address(screen)}>
              <b>{say(`place.${screen}`)}</b>
              <small>{say(`place.${screen}_words`)}</small>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Unknown() {
  return (
    <div class="narrow stack">
      <Top title={say("unknown.title")} />
      <p>{say("unknown.words")}</p>
      <p><a class="act main" href={address("today")}>{say("unknown.to_today")}</a></p>
    </div>
  );
}
