/** Keeps what was begun to be written in this browser, so that it is there after a reload. It never leaves the device. */

import { drafts, keepDrafts } from "../app/drafts";
import type { Device } from "../device/device";

const PAUSE_MS = 150;
/** Where pages that go away put what they began: the database may not hear of it in time. */
const ASIDE = "milepost-begun";

/** Place → what was begun there; null is what is not wanted any more. */
type Begun = Map<string, unknown>;

/** Brings back what was begun before, and keeps what is begun from now on: in every pause, and when the page goes away. */
export async function keepDraftsOn(device: Device): Promise<void> {
  const changed = new Set<string>();
  let timer = 0;
  /** Whether all of it is kept. Where the disk is full the words are still in the form, or aside. */
  const keep = (begun: Begun): Promise<boolean> =>
    Promise.all([...begun].map(([place, draft]) => device.keepDraft(place, draft ?? undefined))).then(() => true, () => false);
  const taken = (): Begun => {
    clearTimeout(timer);
    const found: Begun = new Map([...changed].map((place) => [place, drafts.get(place) ?? null]));
    changed.clear();
    return found;
  };
  const leave = (): void => {
    const left = taken();
    if (!left.size) return;
    putAside(left);
    void keep(left).then(forgetAside); // unless the page is gone by then
  };
  const begun: Begun = new Map(await device.drafts());
  const aside = putAsideBefore();
  for (const [place, draft] of aside) if (draft === null) begun.delete(place); else begun.set(place, draft);
  if (aside.size) void keep(aside).then(forgetAside);
  keepDrafts(begun, (place) => {
    changed.add(place);
    clearTimeout(timer);
    timer = window.setTimeout(() => void keep(taken()), PAUSE_MS);
  });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && void keep(taken()));
}

function putAside(begun: Begun): void {
  try {
    localStorage.setItem(ASIDE, JSON.stringify([...putAsideBefore(), ...begun]));
  } catch {
    // There is no room, or none is given: the database may still hear of it.
  }
}

function putAsideBefore(): Begun {
  try {
    return new Map(JSON.parse(localStorage.getItem(ASIDE) ?? "[]") as [string, unknown][]);
  } catch {
    return new Map();
  }
}

function forgetAside(isKept: boolean): void {
  if (!isKept) return;
  try {
    localStorage.removeItem(ASIDE);
  } catch {
    // It is not there either.
  }
}
