import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const BUILT = "../milepost_server/web_dist";
const WORTH_IT = /\.(js|css|html|svg|json|webmanifest)$/;

/** Beside each file of text, the same by Brotli: the server only has to pick one. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(BUILT, { recursive: true, encoding: "utf8" })) {
        if (!WORTH_IT.test(name)) continue;
        const body = readFileSync(join(BUILT, name));
        const small = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
        if (small.length < body.length) writeFileSync(join(BUILT, `${name}.br`), small);
      }
    },
  };
}

export default defineConfig({
  plugins: [packed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2022", outDir: BUILT, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
