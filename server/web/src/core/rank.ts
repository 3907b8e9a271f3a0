/**
 * Places in an order that people set themselves: text keys between any two of which another fits; pure. (Fractional
 * indexing, after Greenspan, "Implementing Fractional Indexing", 2020.) Keys sort as ASCII text.
 */

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
const KEY = /^(?:[0-9a-z]*[1-9a-z])?$/;

/** A key above `before` and below `after`; an empty one stands for the very first or the very last place. */
export function rankBetween(before: string, after: string): string {
  const odd = [before, after].find((key) => !KEY.test(key));
  if (odd !== undefined) throw new RangeError(`${JSON.stringify(odd)} is not a rank.`);
  if (after && before >= after)
    throw new RangeError(`${JSON.stringify(before)} is not before ${JSON.stringify(after)}.`);
  let key = "";
  let end = after;
  for (let at = 0; ; at++) {
    const low = at < before.length ? DIGITS.indexOf(before.charAt(at)) : 0;
    const high = at < end.length ? DIGITS.indexOf(end.charAt(at)) : DIGITS.length;
    // Near the open ends steps are small, so that keys of a list that only grows stay short.
    if (high - low > 1) return key + DIGITS.charAt(low + (end ? Math.floor((high - low) / 2) : 1));
    key += DIGITS.charAt(low);
    if (high - low === 1) end = "";
  }
}
