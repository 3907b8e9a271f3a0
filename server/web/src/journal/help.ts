/** Where people in a crisis are listened to, as it is written down for all of Milepost. */

import type { HelpLine, HelpShown } from "../app/screens/shown";
import { AS_OF, EMERGENCY, LINES } from "./generated/help_lines";

const WAYS: readonly (readonly [RegExp, HelpLine["by"]])[] = [
  [/^call or text /, "call_or_text"],
  [/^call /, "call"],
  [/^text (\w+) to /, "text"],
];
const NUMBER = /\d[\d ]*\d/g;

/** All lines, and the emergency number of the region that was chosen. */
export function helpLines(region: string): Pick<HelpShown, "emergency" | "lines" | "asOf"> {
  const emergency = EMERGENCY[region];
  return { ...(emergency && { emergency }), lines: LINES.map(asLine), asOf: AS_OF };
}

function asLine({ reach, hours, ...line }: (typeof LINES)[number]): HelpLine {
  const [way, by] = WAYS.find(([pattern]) => pattern.test(reach)) ?? [];
  if (!way || !by) return { ...line, by: "other", numbers: [], word: reach, hours };
  return { ...line, by, numbers: reach.match(NUMBER) ?? [], word: way.exec(reach)?.[1] ?? "", hours };
}
