/** A part whose code comes when it is first shown; until then there is nothing in its place. */

import { type ComponentType, type FunctionComponent, h } from "preact";
import { useEffect, useState } from "preact/hooks";

export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): FunctionComponent<Props> {
  let found: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [, again] = useState(false);
    useEffect(() => {
      if (found === undefined) {
        void load().then((part) => {
          found = part;
          again(true);
        });
      }
    }, []);
    return found ? h(found, props) : null;
  };
}
