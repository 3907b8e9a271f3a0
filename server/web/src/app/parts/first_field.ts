/** A form that came because somebody asked for it has the focus in its first field. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function useFirstField(wanted = true): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    if (wanted) form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
  }, []);
  return form;
}
