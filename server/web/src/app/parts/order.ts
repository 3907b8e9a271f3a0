/** Moving something in a list: where it lands, and before what. Pure; knows no element. */

/** The list with what stood at `from` put where `to` is. Places beyond the ends are the ends. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const found = [...list];
  const [one] = found.splice(from, 1);
  if (one !== undefined) found.splice(within(to, list.length), 0, one);
  return found;
}

/** A place that a list of this length has. */
export function within(place: number, length: number): number {
  return Math.max(0, Math.min(place, length - 1));
}

/** What follows an entry in a list, or null where it is the last. */
export function follower<T>(list: readonly T[], one: T): T | null {
  return list[list.indexOf(one) + 1] ?? null;
}

/** The place that a height on the page means, among rows whose middles are these. */
export function placeAt(height: number, middles: readonly number[]): number {
  return middles.filter((middle) => middle < height).length;
}
