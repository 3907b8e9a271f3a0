import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const BUILT = "../milepost_server/web_dist";
const WORTH_IT = /\.(js|css|html|svg|json|webmanifest)$/;

/** Beside each file of text, the same by Brotli: the server only has to pick one. */
function packed(): Plugin {
  let built = "";
  return {
    name: "packed",
    apply: "build",
    configResolved({ root, build }) {
      built = resolve(root, build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(built, { recursive: true, encoding: "utf8" })) {
        if (!WORTH_IT.test(name)) continue;
        const body = readFileSync(join(built, name));
        const small = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
        if (small.length < body.length) writeFileSync(join(built, `${name}.br`), small);
      }
    },
  };
}

/** What opens first runs nearly all of its code at once: a browser may compile it beside the page, and not bit by bit in it. */
function compiledAtOnce(): Plugin {
  return {
    name: "compiled-at-once",
    apply: "build",
    writeBundle({ dir = "" }, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type !== "chunk" || part.name !== "first") continue;
        // It counts at the very top (https://v8.dev/blog/explicit-compile-hints).
        writeFileSync(join(dir, part.fileName), `//# allFunctionsCalledOnLoad\n${part.code}`);
      }
    },
  };
}

/** The service worker, with the list of all files: where one changes, its cache has another name. */
function serviceWorker(): Plugin {
  let built = "";
  return {
    name: "service-worker",
    apply: "build",
    configResolved({ root, build }) {
      built = resolve(root, build.outDir);
    },
    writeBundle() {
      const all = readdirSync(built, { recursive: true, encoding: "utf8" });
      const files = all.filter((name) => statSync(join(built, name)).isFile()).sort();
      const kept = files.filter((name) => name !== "sw.js" && !name.endsWith(".br"));
      const hash = createHash("sha256");
      for (const name of kept) hash.update(name).update(readFileSync(join(built, name)));
      const source = readFileSync("src/sw.js", "utf8")
        .replace("__FILES__", JSON.stringify(kept.map((name) => `/${name}`)))
        .replace("__VERSION__", hash.digest("hex").slice(0, 12));
      writeFileSync(join(built, "sw.js"), source);
    },
  };
}

export default defineConfig({
  plugins: [compiledAtOnce(), serviceWorker(), packed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    outDir: BUILT,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // All that the first page needs comes in one file.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", test: /\/src\/app\/main\.tsx$/ }] } } },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
