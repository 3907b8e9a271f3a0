/** What goals are about that are left to people, and never talked over with a program; pure. */

import { ALONE } from "./generated/alone";

const LEFT_ALONE = ALONE.map((pattern) => new RegExp(pattern, "i"));

/** Whether one of these texts is about such a thing. */
export function leaveAlone(...texts: readonly (string | null)[]): boolean {
  return texts.some((text) => text && LEFT_ALONE.some((pattern) => pattern.test(plain(text))));
}

function plain(text: string): string {
  return text
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u2010\u2011]/g, "-")
    .trim()
    .replace(/\s+/g, " ");
}
