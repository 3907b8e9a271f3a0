/** A text as a QR code, for a phone's camera to read off the screen. */

import { encode } from "uqr";
import { say } from "../words/words";

/** The quiet rim that readers ask for, in squares. */
const RIM = 4;

export function Qr({ text }: { text: string }) {
  const { data, size } = encode(text, { ecc: "M", border: RIM });
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={say("qr.words")} shape-rendering="crispEdges">
      <path d={path(data)} />
    </svg>
  );
}

/** One path for all the dark squares: a bar for each run of them in a row. */
export function path(rows: readonly (readonly boolean[])[]): string {
  return rows.map((row, y) => runs(row).map(([from, length]) => `M${from} ${y}h${length}v1h-${length}z`).join("")).join("");
}

function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (!dark) return;
    if (last && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
