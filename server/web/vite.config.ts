import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2022", outDir: "../milepost_server/web_dist", emptyOutDir: true },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
