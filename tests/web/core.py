"""The browser's core in an engine that has nothing but the language, so that what it says can be compared with Python's.

It is bundled with what `package-lock.json` names, which is fetched once; a bundle is kept until one of its sources changes.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import quickjs

from tests.web.building import WEB, alone, modules, node

BRIDGE = Path(__file__).parent / "bridge.ts"
MODULES = WEB / "node_modules"
STACK_BYTES = 8 * 1024 * 1024
PRELUDE = """
globalThis.TextEncoder = class {
  encode(text) {
    const bytes = [];
    for (const sign of text) {
      const code = sign.codePointAt(0);
      const point = code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
      if (point < 0x80) bytes.push(point);
      else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
      else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
      else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    }
    return new Uint8Array(bytes);
  }
};
Object.hasOwn ??= (value, name) => Object.prototype.hasOwnProperty.call(value, name);
Array.prototype.at ??= function (place) { return this[place < 0 ? this.length + place : place]; };
"""
"""What every browser has and the engine here has not."""


class Refused(Exception):
    """The core threw an error; `name` says of which kind."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"{name}: {words}")
        self.name = name
        self.words = words


class Core:
    """The core, with the functions of `bridge.ts`."""

    def __init__(self, bundle: str) -> None:
        self._engine = quickjs.Context()
        self._engine.set_max_stack_size(STACK_BYTES)
        self._engine.eval(PRELUDE)
        self._engine.eval(bundle)
        self._call = self._engine.eval("bridge.call")
        self._outcome = self._engine.eval("bridge.outcomeOf")

    def __call__(self, name: str, *given: Any) -> Any:
        """Raises:
        Refused: the core did.
        """
        self._call(name, json.dumps(given))
        while not (told := self._outcome()):
            if not self._engine.execute_pending_job():
                raise AssertionError(f"{name} waits for something that never comes.")
        found = json.loads(told)
        if "error" in found:
            raise Refused(found["error"], f"{found['words']}\n{found['at']}")
        return found["value"]


def bundled() -> str:
    """The bundle's text, made anew where a source changed."""
    modules()
    with alone():
        kept = MODULES / f".bridge-{_key()}.js"
        if not kept.exists():
            for old in MODULES.glob(".bridge-*.js"):
                old.unlink()
            made = kept.with_suffix(".new")
            options = ["--format", "iife", "--name", "bridge", "--transform.target", "es2020", "--file", str(made)]
            ran = node(MODULES / "rolldown" / "bin" / "cli.mjs", BRIDGE, *options)
            assert ran.returncode == 0, ran.stderr
            made.rename(kept)
        return kept.read_text(encoding="utf-8")


def _key() -> str:
    """Changes with whatever goes into a bundle."""
    sources = [*sorted((WEB / "src").rglob("*.ts")), *sorted(BRIDGE.parent.glob("*.ts")), WEB / "package-lock.json"]
    hashed = hashlib.sha256()
    for source in sources:
        hashed.update(source.read_bytes())
    return hashed.hexdigest()[:16]
