/** What somebody prefers on this device: its language, light or dark, and how much shows. Kept here, and never synced. */

import { signal } from "@preact/signals";

import type { SettingsShown } from "../app/screens/shown";
import { choose, speak } from "../app/words/words";
import type { Device } from "../device/device";

export type Preferences = Pick<SettingsShown, "language" | "theme" | "discreet" | "region">;

const FIRST: Preferences = { language: "", theme: "system", discreet: false, region: "" };

export const preferences = signal<Preferences>(FIRST);

/** Reads what was chosen before, and applies it. */
export async function begin(device: Device): Promise<void> {
  const kept = JSON.parse((await device.setting("preferences")) ?? "{}") as Partial<Preferences>;
  await apply({ ...FIRST, ...kept });
}

/** Applies a choice, and keeps it. */
export async function prefer(device: Device, changed: Partial<Preferences>): Promise<void> {
  await apply({ ...preferences.value, ...changed });
  await device.set("preferences", JSON.stringify(preferences.value));
}

async function apply(wanted: Preferences): Promise<void> {
  const { theme, language } = wanted;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  // A language is read as it is written where the reader lives.
  await speak(navigator.languages.find((one) => one.split("-")[0] === language) || language || choose(navigator.languages));
  preferences.value = wanted;
}
