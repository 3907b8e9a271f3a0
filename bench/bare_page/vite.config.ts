import { defineConfig } from "vite";

/** As the app is built, and nothing more: for what it is measured beside. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
