/** The events by which a person settles what was written twice at once. */

import type { Draft } from "../core/checking";
import type { Json } from "../core/generated/payloads";
import { COMPOSITES, DEFAULT_STATUS, REVISIONS } from "../core/generated/table";
import type { State } from "../core/journal";
import { isObject } from "../core/json";
import type { Fields } from "../core/reading";

/** Of these a journal has one, so they are not told apart by an id. */
const ONE_EACH: ReadonlySet<string> = new Set(["journal", "plan", "rest"]);

/**
 * What gives a field of an entity this value, as `settle` of the terminal does; a `field` whose parts are written
 * together takes them as an object. Undefined where nothing that can be written does.
 */
export function settled(state: State, kind: string, id: string, field: string, value: Json): Draft[] | undefined {
  const whose = ONE_EACH.has(kind) ? {} : { id };
  const together = COMPOSITES[kind]?.[field] !== undefined && isObject(value);
  const fields = (together ? value : { [field]: value }) as Fields;
  const draft = (type: string, said: Fields): Draft[] => [{ type, fields: { ...whose, ...said } }];
  if (field === "retracted") return value === true ? draft(kind === "reminder" ? "reminder.removed" : `${kind}.retracted`, {}) : undefined;
  if (kind === "rest") {
    const { resting, on = null, until = null } = fields;
    return resting === true ? draft("rest.set", { on, until }) : draft("rest.ended", { on });
  }
  if (kind === "proposal") return draft("proposal.decided", fields);
  if (kind === "goal" && field === "rank") return draft("goal.ranked", fields);
  if (kind === "series" && field === "ended") return draft("series.ended", fields);
  if (kind === "goal" && field === "reflection") {
    // What somebody says in looking back comes with a status; here that stays as it is.
    const { status, on = null } = state.fields(kind, id);
    return draft("goal.status_changed", { status: status || DEFAULT_STATUS[kind], on, ...fields } as Fields);
  }
  const first = DEFAULT_STATUS[kind];
  if (field === "status" && first !== undefined) return draft(`${kind}.status_changed`, { ...fields, status: fields["status"] || first });
  const revision = kind === "journal" || kind === "plan" ? `${kind}.revised` : REVISIONS[kind];
  return revision === undefined ? undefined : draft(revision, fields);
}
