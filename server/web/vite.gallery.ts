/** How the gallery is built: by itself, for looking and for tests. It is no part of the app. */

import { defineConfig, mergeConfig } from "vite";
import app from "./vite.config.ts";

export default mergeConfig(
  app,
  defineConfig({ build: { outDir: "node_modules/.gallery", rolldownOptions: { input: "gallery.html" } } }),
);
