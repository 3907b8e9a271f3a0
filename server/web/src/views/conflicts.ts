/** What was written twice at once and nobody has settled; pure. */

import { hlcMs } from "../core/clock";
import { isFresh, type State } from "../core/journal";
import type { Json } from "../core/generated/payloads";
import { isHidden, setAside, type Write } from "../core/register";
import { byText, text } from "./reading";

export interface Version {
  readonly write: string;
  readonly value: Json;
  readonly actor: string;
  readonly device: string;
  readonly at: number;
}

/** A field, and the values that wait: the one that is shown now first. */
export interface Conflict {
  readonly kind: string;
  readonly id: string;
  readonly field: string;
  readonly title: string;
  readonly versions: readonly [Version, Version, ...Version[]];
}

export function conflictsOf(state: State): Conflict[] {
  const found: Conflict[] = [];
  for (const [kind, ofKind] of state.entities) {
    for (const [id, registers] of ofKind) {
      if (isFresh(registers) || isHidden(registers)) continue;
      for (const [field, register] of registers) {
        const aside = setAside(register);
        const fields = state.fields(kind, id);
        const title = text(fields, "title") || text(fields, "question") || text(fields, "on");
        const versions = [register[0], ...aside].map(versionOf) as unknown as Conflict["versions"];
        if (aside.length) found.push({ kind, id, field, title, versions });
      }
    }
  }
  return found.sort((a, b) => byText(a.kind, b.kind) || byText(a.title, b.title) || byText(a.id, b.id) || byText(a.field, b.field));
}

function versionOf({ stamp, value }: Write): Version {
  const { device, n, actor, rankedAt } = stamp;
  return { write: `${device}.${n}`, value, actor, device, at: hlcMs(rankedAt) };
}
