/** Our own line drawings, for pages that have nothing in them yet. They say nothing that the words don't. */

import type { ComponentChildren } from "preact";

const DRAWINGS = {
  /** A window, a sill with a cup on it, and a hill outside. */
  morning: (
    <>
      <path class="wash" d="M48 22h104v76H48z" />
      <path d="M48 22h104v76H48zM100 22v76M48 58h104" />
      <path class="lit" d="M50 90q24-20 48-8t52-10" />
      <circle class="lit" cx="126" cy="42" r="8" />
      <path d="M30 98h140M38 98v8h124v-8" />
      <path d="M64 78h20v12a8 8 0 0 1-8 8h-4a8 8 0 0 1-8-8zM84 82h4a5 5 0 0 1 0 10h-4" />
      <path class="lit" d="M70 72q-3-4 0-8M78 72q-3-4 0-8" />
    </>
  ),
  /** A way over hills, with a signpost beside it. */
  way: (
    <>
      <path class="wash" d="M54 112q44-84 74-84t66 84z" />
      <circle class="lit" cx="52" cy="40" r="10" />
      <path d="M12 112q34-46 62-42M58 104q40-76 70-76t66 84" />
      <path class="lit" d="M112 112q-12-12 10-22t8-20q-6-10 2-18t0-16" />
      <path class="over" d="M42 112V64" />
      <path class="over" d="M30 70h20l7 5.5-7 5.5H30z" />
      <path d="M6 112h188M170 112q-1-7-6-9M170 112q0-8 4-11" />
    </>
  ),
  /** Two chairs turned to each other, and a lamp. */
  chairs: (
    <>
      <path class="wash" d="M24 112a76 60 0 0 1 152 0z" />
      <path d="M46 58q-6 0-5 8l5 24h30l-2-14q-1-5-7-5H54l-2-8q-1-5-6-5zM48 90l-4 22M74 90l2 22" />
      <path d="M154 58q6 0 5 8l-5 24h-30l2-14q1-5 7-5h13l2-8q1-5 6-5zM152 90l4 22M126 90l-2 22" />
      <path d="M100 112V40M92 112h16" />
      <path class="lit" d="M86 40l6-18h16l6 18z" />
      <path d="M18 112h164" />
    </>
  ),
  /** A lantern that hangs from a branch. */
  lantern: (
    <>
      <circle class="wash" cx="100" cy="72" r="42" />
      <path d="M28 22q60-10 144 4M140 24q10-10 22-12M60 19q-8-8-18-9" />
      <path d="M100 20v14M90 42q0-8 10-8t10 8M84 42h32l4 8H80zM84 50l4 48h24l4-48M82 98h36v6H82z" />
      <path class="lit" d="M100 90q-9-4-8-13 1-6 8-15 7 9 8 15 1 9-8 13z" />
      <path class="lit" d="M66 70h-8M134 70h8M71 50l-6-4M129 50l6-4M71 92l-6 4M129 92l6 4" />
    </>
  ),
  /** A bench for two under a tree. */
  bench: (
    <>
      <path class="wash" d="M96 12q34-6 50 18 22 4 16 22-4 14-24 12-24 10-40-2-22 0-20-20 0-20 18-30z" />
      <path d="M96 12q34-6 50 18 22 4 16 22-4 14-24 12-24 10-40-2-22 0-20-20 0-20 18-30z" />
      <path d="M122 66v46M122 84l12-12" />
      <path class="lit" d="M34 76h72M34 84h72M30 94h80M38 76v18M102 76v18M36 94v18M104 94v18" />
      <path d="M16 112h168" />
    </>
  ),
  /** Two streams that become one. */
  streams: (
    <>
      <path class="wash" d="M30 14q8 42 56 50v48h28V64q48-8 56-50h-22q-8 26-48 30-40-4-48-30z" />
      <path d="M30 14q8 42 56 50v48M170 14q-8 42-56 50v48M52 14q8 26 48 30 40-4 48-30" />
      <path class="lit" d="M43 22q14 30 48 33M157 22q-14 30-48 33M96 66q6 10 0 20t0 20M105 62q5 8 0 18" />
      <path d="M34 112l11-24 11 24zM45 112v6M144 112l11-24 11 24zM155 112v6M92 26l8-14 8 14z" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

export type DrawingName = keyof typeof DRAWINGS;

export function Drawing({ name }: { name: DrawingName }) {
  return <svg class="drawing" viewBox="0 0 200 124" aria-hidden="true">{DRAWINGS[name]}</svg>;
}
