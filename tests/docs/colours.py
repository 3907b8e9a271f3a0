"""The colours of the web app, as its styles have them, and how well each can be told from what it stands on."""

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "server" / "web"
STYLES = WEB / "src" / "app" / "styles"
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", (STYLES / "tokens.css").read_text()
    )
}
TEXT, PART = 4.5, 3.0
"""What WCAG 2.2 AA needs: 1.4.3 for text, 1.4.11 for what shows where a control is."""
PAIRS = {
    **{(text, on): TEXT for text in ("text", "quiet", "accent") for on in ("ground", "sheet", "soft")},
    ("on-accent", "accent"): TEXT,
    ("ground", "text"): TEXT,
    ("edge", "ground"): PART,
    ("edge", "sheet"): PART,
    ("code", "code-ground"): PART,
}
"""Every colour that stands on another in the styles, and how much it must differ."""


def luminance(colour: str) -> float:
    """How light a colour is, as WCAG 2.2 defines relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def contrasts() -> str:
    """The figures as a table, cut off and not rounded up."""
    rows = ["| what | on | needs | light | dark |", "|---|---|---|---|---|"]
    for (what, on), needed in PAIRS.items():
        light, dark = (int(contrast(COLOURS[what][i], COLOURS[on][i]) * 10) / 10 for i in (0, 1))
        rows.append(f"| `--{what}` | `--{on}` | {needed:g} | {light:.1f} | {dark:.1f} |")
    return "\n".join(rows)
