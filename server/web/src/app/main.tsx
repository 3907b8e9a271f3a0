/** The page that a browser opens. */

import { render } from "preact";
import { App } from "./app";
import { dayOf, NO_ACTS, nothing } from "./nothing";
import { listen } from "./router";
import "./styles/all.css";
import { choose, speak } from "./words/words";

async function begin(page: HTMLElement): Promise<void> {
  await speak(choose(navigator.languages));
  listen();
  render(<App shown={nothing(dayOf(new Date()))} acts={NO_ACTS} />, page);
}

const page = document.getElementById("app");
if (page) void begin(page);
