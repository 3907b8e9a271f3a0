/** Numbers that people type, and what is wrong with them. Knows no element. */

import type { Follow } from "../screens/shown";
import { say } from "../words/words";

/** A number as somebody typed it, with a point or a comma; null where nothing was typed, undefined where it is none. */
export function typedNumber(text: string): number | null | undefined {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  if (!plain) return null;
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(plain) ? Number(plain) : undefined;
}

/** What is wrong with an aim, in words; empty where it can be kept. */
export function wrongAim({ how, target, low, high }: Follow): string {
  if (how !== "number" && how !== "amount") return "";
  const [aim, least, most] = [typedNumber(target), typedNumber(low), typedNumber(high)];
  if (aim === null) return "";
  if (aim === undefined) return say("follow.target_wrong");
  const fits = (typeof least !== "number" || aim >= least) && (typeof most !== "number" || aim <= most);
  return fits ? "" : say("follow.target_outside", { low, high });
}
