/** The code of an invitation that somebody looks at, kept while they connect this browser first, and over a reload of the tab. */

const KEY = "milepost-invitation";

/** Empty where there is none. */
export function keptInvitation(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepInvitation(code: string): void {
  if (code) sessionStorage.setItem(KEY, code);
  else sessionStorage.removeItem(KEY);
}
