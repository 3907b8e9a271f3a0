/** The other places, and a page for an address that leads nowhere. */

import { Part, Top } from "../parts/page";
import { address, type ScreenName } from "../router";
import { say } from "../words/words";

const PLACES = {
  back: ["timeline", "reflections", "ending"],
  care: ["plan", "questionnaires", "help_now"],
  together: ["together", "journals", "join", "caseload", "conflicts"],
  here: ["connect", "calendar", "files", "settings"],
} as const satisfies Record<string, readonly ScreenName[]>;

interface MoreProps {
  /** Somebody shares a journal with them as a therapist. */
  readonly works?: boolean | undefined;
  /** The journal on the screen is somebody else's. */
  readonly isGuest?: boolean | undefined;
}

export function MorePlaces({ works = false, isGuest = false }: MoreProps) {
  const out = new Set<ScreenName>([...(works ? [] : ["caseload" as const]), ...(isGuest ? ["ending" as const] : [])]);
  return (
    <div class="narrow">
      <Top title={say("nav.more")} />
      {(Object.keys(PLACES) as (keyof typeof PLACES)[]).map((group) => (
        <Part key={group} title={say(`places.${group}`)}>
          <ul class="rows places">{PLACES[group].filter((screen) => !out.has(screen)).map((screen) => <Place key={screen} screen={screen} />)}</ul>
        </Part>
      ))}
    </div>
  );
}

function Place({ screen }: { screen: (typeof PLACES)[keyof typeof PLACES][number] }) {
  return (
    <li>
      <a href={address(screen)}>
        <b>{say(`place.${screen}`)}</b>
        <small>{say(`place.${screen}_words`)}</small>
      </a>
    </li>
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
