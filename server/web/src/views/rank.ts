/** Places in an order that people set themselves: text keys between any two of which another fits; pure. */

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A key above `before` and below `after`, of digits and small letters; an empty one stands for the very first or the very last
 * place. Undefined where there is none: two may share a place that were made at once.
 */
export function rankBetween(before: string, after: string): string | undefined {
  const isKey = (key: string) => [...key].every((sign) => DIGITS.includes(sign)) && !key.endsWith("0");
  if (!isKey(before) || !isKey(after) || (after && before >= after)) return undefined;
  let key = "";
  let end = after;
  for (let at = 0; ; at++) {
    const low = at < before.length ? DIGITS.indexOf(before.charAt(at)) : 0;
    const high = at < end.length ? DIGITS.indexOf(end.charAt(at)) : DIGITS.length;
    // Near the open ends steps are small, so that keys of a list that only grows stay short.
    if (high - low > 1) return key + DIGITS.charAt(low + (end ? (high - low) >> 1 : 1));
    key += DIGITS.charAt(low);
    if (high - low === 1) end = "";
  }
}
