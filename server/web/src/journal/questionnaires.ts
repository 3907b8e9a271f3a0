/**
 * The questionnaires there are: those that come with Milepost, and those that were brought to this browser in a file. Such a file
 * stays in the browser's own database and is never sent: its words belong to whoever wrote it.
 */

import { signal } from "@preact/signals";

import { done } from "../app/toasts";
import { say } from "../app/words/words";
import type { Device } from "../device/device";
import { MAX_BYTES, NoForm, readQuestionnaire } from "../views/questionnaires/fhir";
import type { Instrument } from "../views/questionnaires/instruments";
import { INSTRUMENTS } from "./generated/instruments";

/** So many can be brought. */
const MOST = 100;

/** Those that were brought; undefined until they were read. */
const brought = signal<readonly Instrument[] | undefined>(undefined);
let reading = false;

/** Every questionnaire, by its title; undefined until those that were brought are there. */
export function instruments(device: Device): readonly Instrument[] | undefined {
  if (brought.value === undefined) {
    void begin(device);
    return undefined;
  }
  const known = new Map([...INSTRUMENTS, ...brought.value].map((one) => [one.id, one]));
  return [...known.values()].sort((one, other) => one.title.localeCompare(other.title));
}

async function begin(device: Device): Promise<void> {
  if (reading) return;
  reading = true;
  const kept = await device.setting("instruments");
  brought.value = JSON.parse(kept ?? "[]") as Instrument[];
}

export function isBrought(id: string): boolean {
  return brought.value?.some((one) => one.id === id) ?? false;
}

/** Takes a form out of a file; gives back what is wrong with it, in words. */
export async function bring(device: Device, file: File): Promise<string> {
  if (file.size > MAX_BYTES) return say("questionnaires.too_large");
  if (/\.toml$/i.test(file.name)) return say("questionnaires.toml", { command: "milepost instrument add" });
  let found: Instrument;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    found = readQuestionnaire(text, file.name, INSTRUMENTS);
  } catch (error) {
    if (error instanceof NoForm && error.at) return say("questionnaires.wrong", { at: error.at, command: "milepost instrument add" });
    return say("questionnaires.not_json");
  }
  const before = brought.value ?? [];
  if (before.length >= MOST) return say("questionnaires.too_many");
  await keep(device, [...before.filter(({ id }) => id !== found.id), found]);
  done(say(found.passed_over ? "done.form_brought_in_part" : "done.form_brought", { title: found.title, n: found.passed_over }), () => void keep(device, before));
  return "";
}

/** Takes one that was brought away again; what was recorded with it stays. */
export async function forget(device: Device, id: string): Promise<void> {
  const before = brought.value ?? [];
  await keep(device, before.filter((one) => one.id !== id));
  done(say("done.form_forgotten"), () => void keep(device, before));
}

async function keep(device: Device, wanted: readonly Instrument[]): Promise<void> {
  await device.set("instruments", JSON.stringify(wanted));
  brought.value = wanted;
}
