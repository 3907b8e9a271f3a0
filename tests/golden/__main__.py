"""Adds to the golden files what they lack: `python -m tests.golden`. What they have is never changed."""

import json
import sys

from tests.golden.files import FILES, kept, path_of

if __name__ == "__main__":
    for module in FILES:
        cases = kept(module)
        known = {case["about"] for case in cases}
        new = [module.played(case) for case in module.CASES if case["about"] not in known]
        if new:
            told = json.dumps([*cases, *new], indent=1, ensure_ascii=False)
            path_of(module).write_text(f"{told}\n")
        sys.stdout.write(f"{module.FILE}: {len(cases)} kept, {len(new)} added\n")
