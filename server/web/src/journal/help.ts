/** Where people in a crisis are listened to, as it is written down for all of Milepost. */

import type { HelpLine, HelpShown } from "../app/screens/shown";
import { AS_OF, LINES } from "./generated/help_lines";

const NUMBER = /\d[\d ]{2,}\d/;

export function helpLines(): Pick<HelpShown, "lines" | "asOf"> {
  return { lines: LINES.map(asLine), asOf: AS_OF };
}

/** A line; where it is reached by one number alone, that can be tapped. */
function asLine(line: Omit<HelpLine, "call">): HelpLine {
  const numbers = line.reach.match(new RegExp(NUMBER, "g")) ?? [];
  const isCall = /^call\b/.test(line.reach) && numbers[0] !== undefined;
  return isCall ? { ...line, call: `tel:${numbers[0]!.replaceAll(" ", "")}` } : line;
}
