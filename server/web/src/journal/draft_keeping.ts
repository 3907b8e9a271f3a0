/** Keeps what was begun to be written in this browser, so that it is there after a reload. It never leaves the device. */

import { drafts, keepDrafts } from "../app/drafts";
import type { Device } from "../device/device";

const PAUSE_MS = 150;

/** Brings back what was begun before, and keeps what is begun from now on: in every pause, and when the page goes away. */
export async function keepDraftsOn(device: Device): Promise<void> {
  const changed = new Set<string>();
  let timer = 0;
  const flush = (): void => {
    clearTimeout(timer);
    for (const place of changed) {
      // Where the disk is full the words are still in the form.
      device.keepDraft(place, drafts.get(place)).catch(() => undefined);
    }
    changed.clear();
  };
  keepDrafts(await device.drafts(), (place) => {
    changed.add(place);
    clearTimeout(timer);
    timer = window.setTimeout(flush, PAUSE_MS);
  });
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
}
