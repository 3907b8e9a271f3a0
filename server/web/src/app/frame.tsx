/** The frame around every screen: where one can go, help, how things stand, and the short word after an act. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { keepFocus } from "./parts/focus";
import { headed } from "./parts/page";
import { address, place, type ScreenName } from "./router";
import type { OnScreen, Standing } from "./screens/shown";
import { Toasts } from "./toasts";
import { direction, listWords, locale, say } from "./words/words";

/** The rooms of the app, with the screens that belong to each; all others are found by the last. */
const ROOMS = [
  { to: "today", icon: "M3 18h18M7 18a5 5 0 0 1 10 0M12 9V6M5.5 11.5l-2-2M18.5 11.5l2-2", holds: ["today"] },
  { to: "goals", icon: "M6 21V4h12l-3.5 4L18 12H6", holds: ["goals", "goal", "goal_new", "goal_revise"] },
  { to: "sessions", icon: "M4 5h16v11h-9l-4 4v-4H4zM8 9.5h8M8 12.5h5", holds: ["sessions", "session", "session_new", "brief"] },
  { to: "more", icon: "M4 7h16M4 12h16M4 17h16", holds: [] },
] as const satisfies readonly { to: ScreenName; icon: string; holds: readonly ScreenName[] }[];

interface FrameProps {
  readonly standing: Standing;
  readonly children: ComponentChildren;
}

export function Frame({ standing, children }: FrameProps) {
  const main = useRef<HTMLElement>(null);
  useArrival(main, standing.discreet);
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);
  const here = place.value.screen;
  const skip = (event: Event): void => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>{say("skip")}</a>
      <header class="head">
        <a class="brand" href={address("today")}>
          <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 21.5V2.5" />
            <path class="board" d="M8 5h8.5L19 7.5 16.5 10H8zM16 12.5H7.5L5 15l2.5 2.5H16z" />
          </svg>
          Milepost
        </a>
        <a class="help" href={address("help_now")} aria-current={here === "help_now" ? "page" : undefined}>{say("help.title")}</a>
        <p class="standing" role="status">{standingWords(standing)}</p>
        <div class="whose">
          {standing.refused && <a class="which" href={address("refused")}>{say("standing.refused", { n: standing.refused })}</a>}
          {standing.journal && <a class="which" href={address("journals")} aria-current={here === "journals" ? "page" : undefined}>{whichWords(standing.journal)}</a>}
        </div>
      </header>
      <nav class="rooms" aria-label={say("nav.label")}>
        <ul>
          {ROOMS.map(({ to, icon }) => (
            <li key={to}>
              <a href={address(to)} aria-current={current(here, to)}>
                <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={icon} /></svg>
                {say(`nav.${to}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" tabIndex={-1} ref={main}>{children}</main>
      <Toasts />
    </div>
  );
}

/** How things stand, in plain words; nothing where there is nothing to say. */
export function standingWords({ online, paired, unsent, signedOut }: Standing): string {
  if (signedOut) return say("standing.signed_out");
  if (!paired) return say("standing.alone");
  if (!online) return unsent ? say("standing.offline_unsent", { n: unsent }) : say("standing.offline");
  return unsent ? say("standing.unsent", { n: unsent }) : "";
}

/** Which journal is on the screen, and who else reads it. */
function whichWords({ title, others, isPrivate, left }: OnScreen): string {
  if (left) return say("which.left", { title });
  // One that is named after who is in it says all of it already.
  if (others.length === 1 && title.includes(others[0] as string)) return title;
  if (isPrivate) return say("which.private", { title });
  return others.length ? say("which.shared", { title, who: listWords(others) }) : say("which.alone", { title });
}

function current(here: string, to: ScreenName): "page" | "true" | undefined {
  if (here === to) return "page";
  const room = ROOMS.find(({ holds }) => (holds as readonly string[]).includes(here))?.to ?? "more";
  return room === to && here !== "help_now" ? "true" : undefined;
}

/** Coming to a screen puts the focus on its heading and its name on the window; the first one leaves the focus alone. */
function useArrival(main: { current: HTMLElement | null }, discreet: boolean): void {
  const came = useRef("");
  const { screen, id } = place.value;
  useEffect(() => {
    document.documentElement.lang = locale.value;
    document.documentElement.dir = direction(locale.value);
  }, [locale.value]);
  useEffect(() => {
    const heading = main.current?.querySelector<HTMLElement>("h1");
    if (!heading) return;
    document.title = discreet ? "Milepost" : `${heading.textContent} · Milepost`;
    const there = `${screen} ${id}`;
    if (came.current && came.current !== there) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
    came.current = there;
  }, [screen, id, discreet, headed.value]);
}
