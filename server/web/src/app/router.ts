/** Plain addresses and the screens behind them, by the History API. Knows the names of screens and not what they show. */

import { signal } from "@preact/signals";

/** Every screen and its address. `:word` is a part that differs. The first that fits counts. */
const ADDRESSES = {
  today: "/",
  goals: "/goals",
  goal_new: "/goals/new",
  goal: "/goals/:id",
  goal_revise: "/goals/:id/revise",
  sessions: "/sessions",
  session_new: "/sessions/new",
  session: "/sessions/:id",
  brief: "/sessions/:id/brief",
  reflections: "/reflections",
  timeline: "/timeline",
  ending: "/ending",
  together: "/together",
  join: "/join",
  journals: "/journals",
  caseload: "/caseload",
  devices: "/devices",
  conflicts: "/to-settle",
  plan: "/safety-plan",
  plan_write: "/safety-plan/write",
  files: "/files",
  questionnaires: "/questionnaires",
  questionnaire: "/questionnaires/:id",
  help_now: "/help-now",
  connect: "/connect",
  calendar: "/calendar",
  connection_new: "/calendar/connect/:id",
  connection: "/calendar/:id",
  more: "/more",
  settings: "/settings",
  refused: "/not-taken",
} as const;

export type ScreenName = keyof typeof ADDRESSES;
export interface Place {
  readonly screen: ScreenName | "unknown";
  readonly id: string;
}

/** Where somebody is. */
export const place = signal<Place>({ screen: "today", id: "" });

/** The place that an address means. */
export function placeOf(path: string): Place {
  const parts = split(path);
  for (const [screen, pattern] of Object.entries(ADDRESSES)) {
    const wanted = split(pattern);
    const fits = wanted.length === parts.length && wanted.every((part, i) => part.startsWith(":") || part === parts[i]);
    if (!fits) continue;
    const id = decoded(parts[wanted.findIndex((part) => part.startsWith(":"))] ?? "");
    if (id !== null) return { screen: screen as ScreenName, id };
  }
  return { screen: "unknown", id: "" };
}

/** The address of a screen, about `id` where it is about something. */
export function address(screen: ScreenName, id = ""): string {
  return ADDRESSES[screen].replace(":id", encodeURIComponent(id));
}

/** Goes to a screen. */
export function go(screen: ScreenName, id = ""): void {
  follow(address(screen, id));
}

/** Follows addresses from now on: of links that are pressed, and back and forward. Returns what ends it. */
export function listen(): () => void {
  const arrived = (): void => {
    place.value = placeOf(location.pathname);
  };
  arrived();
  document.addEventListener("click", pressed);
  window.addEventListener("popstate", arrived);
  return () => {
    document.removeEventListener("click", pressed);
    window.removeEventListener("popstate", arrived);
  };
}

function follow(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  place.value = placeOf(path);
}

/** A plain press of a link of ours stays in the page; every other is the browser's. */
function pressed(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || link.hash) return;
  event.preventDefault();
  follow(link.pathname);
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
