"""An instrument out of a TOML file of Milepost's own schema; knows no other format and no folder.

The whole schema, with everything that can stand in a file; only `id`, `version`, `title`, `items` and `values` must:

    id = "calm-5"                     # small letters, digits, "-", "_", "."; at most 64
    version = "1"                     # scores of two versions are never compared
    title = "Calm in five questions"
    licence = "Mine"                  # under what you hold the form
    prompt = "In the last 7 days …"   # what the form says before its items
    recall_days = 7                   # how far back it looks
    items = 5                         # how many; or their words, ["…", "…"]; or tables, as below
    values = [0, 1, 2, 3]             # the numbers that stand for the answers of each item
    labels = ["never", "…"]           # the words of the answers, as many as values
    sensitive = [5]                   # items that ask about danger to life
    sensitive_about = "self-harm"     # what these ask about, in a few words
    ages = { min = 18, max = 65 }
    loinc = { total = "…", panel = "…" }

    [score]                           # without it answers are kept, and no score is given
    rule = "sum"
    better = "down"                   # the way in which scores get better: "up" or "down"
    reverse = [2, 4]                  # items that count the other way round
    range = [0, 15]                   # of the total; checked against items and values
    prorate = { missing = 1, method = "mean" }   # only if its authors say so, and its items have one range
    subscales = { worry = [1, 2] }

    [bands]
    citation = "…"                    # where they were published
    start = [0, 5, 10]                # the lowest score of each
    names = ["low", "middle", "high"]

    [change]                          # a threshold, or sd and reliability
    threshold = 3
    sd = 4.1
    reliability = 0.86
    citation = "…"

    [[items]]                         # instead of `items` above, where items differ
    text = "…"
    values = [0, 1]
    labels = ["no", "yes"]

A file with the `id` of an instrument that is built in brings its wording alone: `id`, `items`, `labels`, `prompt`,
`licence`.
"""

from typing import Any, Literal

from msgspec.structs import replace

from milepost.measures.instruments import MAX_ITEMS, MAX_OPTIONS, MAX_TEXT, MAX_VALUE, Band, Instrument, Item, Option
from milepost.measures.reading import Table
from milepost.measures.reliable_change import Better, ChangeRule, Reliability, Threshold

ID_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"
MAX_WORD = 100
MAX_NAMES = 20
"""Bands or subscales."""
MAX_TOTAL = MAX_ITEMS * MAX_VALUE

WORDING_KEYS = ("id", "items", "labels", "prompt", "licence")
_KEYS = (
    *("id", "version", "title", "licence", "prompt", "recall_days", "items", "values", "labels", "sensitive"),
    *("sensitive_about", "ages", "loinc", "score", "bands", "change"),
)


def read_instrument(table: Table) -> Instrument:
    """The instrument that a file's top table describes; its `id` is taken as it is.

    Raises:
        InvalidInput: names what is wrong, with its line.
    """
    table.only(_KEYS)
    items = read_items(table)
    ages = _table(table, "ages", ("min", "max"))
    loinc = _table(table, "loinc", ("total", "panel"))
    found: dict[str, Any] = {
        "id": table.need_text("id", MAX_WORD),
        "version": table.need_text("version", MAX_WORD),
        "title": table.need_text("title", MAX_WORD),
        "licence": table.text("licence"),
        "prompt": table.text("prompt"),
        "recall_days": table.whole("recall_days", 1, 3_650),
        "sensitive": table.numbered("sensitive", len(items)),
        "sensitive_about": table.text("sensitive_about", MAX_WORD),
        "min_age": ages.whole("min", 0, 150),
        "max_age": ages.whole("max", 0, 150),
        "loinc_total": loinc.text("total", MAX_WORD),
        "loinc_panel": loinc.text("panel", MAX_WORD),
        "items": items,
    }
    if "score" not in table:
        for name in ("bands", "change"):
            if name in table:
                raise table.wrong(name, "needs a score. Add a [score] table with rule = 'sum', or take this out.")
        return Instrument(**found)
    made = Instrument(**found, **_read_score(table, items))
    _check_range(table, made)
    bands, citation = _read_bands(table, made)
    return replace(made, bands=bands, bands_citation=citation, change=_read_change(table, made.better))


def read_items(table: Table, base: Instrument | None = None) -> tuple[Item, ...]:
    """The items of a file; with `base` only their words, for the values are those of the built-in instrument."""
    shared = () if base else table.wholes("values", -MAX_VALUE, MAX_VALUE, MAX_OPTIONS)
    labels = table.texts("labels", MAX_OPTIONS)
    given = table.value.get("items")
    if given is None:
        raise table.wrong(
            "items", "is missing. Say how many there are, as in items = 9, or give their words in a list."
        )
    if not isinstance(given, list):
        rows: list[Any] = [None] * (table.whole("items", 1, MAX_ITEMS) or 0)
    else:
        rows = table.entries("items", MAX_ITEMS)
        if not rows:
            raise table.wrong("items", "is empty. Give at least one.")
    if base and len(rows) != len(base.items):
        words = f"has {len(rows)} entries, and {base.title} has {len(base.items)} items. Give as many, or another id."
        raise table.wrong("items", words)
    texts = table.texts("items", MAX_ITEMS) if rows and isinstance(rows[0], str) else ()
    found = []
    for at, row in enumerate(rows):
        values = base.items[at].values if base else shared
        if texts or row is None:
            found.append(Item(options=_options(table, values, labels), text=texts[at] if texts else None))
            continue
        own = Table(table.source, row, (*table.path, "items", at))
        own.only(("text", "labels") if base else ("text", "values", "labels"))
        values = (() if base else own.wholes("values", -MAX_VALUE, MAX_VALUE, MAX_OPTIONS)) or values
        words_at, said = (own, own.texts("labels", MAX_OPTIONS)) if "labels" in own else (table, labels)
        found.append(Item(options=_options(words_at, values, said), text=own.text("text")))
    bare = [at for at, item in enumerate(found) if item.text is None]
    if bare and len(bare) < len(found):
        raise table.wrong("items", "has no text, and others have. Give every item its words, or none.", bare[0])
    return tuple(found)


def _options(table: Table, values: tuple[int, ...], labels: tuple[str, ...]) -> tuple[Option, ...]:
    if len(values) < 2:
        raise table.wrong("values", "must name at least two answers, as in values = [0, 1, 2, 3].")
    if labels and len(labels) != len(values):
        raise table.wrong("labels", f"has {len(labels)} entries for {len(values)} values. Give one for each, or none.")
    return tuple(
        Option(value=value, label=label) for value, label in zip(values, labels or (None,) * len(values), strict=True)
    )


def _table(table: Table, name: str, keys: tuple[str, ...]) -> Table:
    """A table in another, empty where there is none."""
    found = table.table(name) or Table(table.source, {}, (*table.path, name))
    found.only(keys)
    return found


def _read_score(table: Table, items: tuple[Item, ...]) -> dict[str, Any]:
    score = _table(table, "score", ("rule", "better", "reverse", "range", "prorate", "subscales"))
    if score.one_of("rule", ("sum",)) is None:
        raise score.wrong("rule", "is missing. Write rule = 'sum', the one rule there is.")
    subscales = score.table("subscales") or Table(score.source, {}, (*score.path, "subscales"))
    if len(subscales.value) > MAX_NAMES:
        raise score.wrong("subscales", f"has more than {MAX_NAMES} entries, and that is the most I take.")
    parts = {}
    for name in subscales.value:
        if not 0 < len(name) <= MAX_WORD or not name.isprintable():
            raise subscales.wrong(name, f"must be a name of 1 to {MAX_WORD} letters.")
        parts[name] = subscales.numbered(name, len(items))
        if not parts[name]:
            raise subscales.wrong(name, "names no item. Give the numbers of its items.")
    prorate = _table(score, "prorate", ("missing", "method"))
    if "prorate" in score and (prorate.one_of("method", ("mean",)) is None or "missing" not in prorate):
        raise score.wrong("prorate", "must say how, as in prorate = { missing = 1, method = 'mean' }.")
    if "prorate" in score and len({(min(item.values), max(item.values)) for item in items}) > 1:
        raise score.wrong("prorate", "needs items that all go from the same lowest to the same highest value.")
    rule: Literal["sum"] = "sum"
    return {
        "rule": rule,
        "better": score.one_of("better", ("down", "up")),
        "reverse": score.numbered("reverse", len(items)),
        "subscales": parts,
        "prorate": prorate.whole("missing", 0, len(items) - 1),
    }


def _check_range(table: Table, made: Instrument) -> None:
    score = _table(table, "score", tuple(table.value["score"]))
    given = score.wholes("range", -MAX_TOTAL, MAX_TOTAL, 2)
    if given and given != (made.low, made.high):
        words = (
            f"does not fit: items and values add up to totals from {made.low} to {made.high}. Put one of them right."
        )
        raise score.wrong("range", words)


def _read_bands(table: Table, made: Instrument) -> tuple[tuple[Band, ...], str | None]:
    if "bands" not in table:
        return (), None
    bands = _table(table, "bands", ("citation", "start", "names"))
    starts = bands.wholes("start", -MAX_TOTAL, MAX_TOTAL, MAX_NAMES)
    names = bands.texts("names", MAX_NAMES)
    if not starts or len(starts) != len(names):
        raise bands.wrong("names", "must be as many as start, one name for each band.")
    if sorted(set(starts)) != list(starts) or starts[0] > made.low or starts[-1] > made.high:
        words = f"must rise, from {made.low} or lower to at most {made.high}, as the totals do."
        raise bands.wrong("start", words)
    found = tuple(Band(start=start, name=name) for start, name in zip(starts, names, strict=True))
    return found, bands.need_text("citation", MAX_TEXT)


def _read_change(table: Table, better: Better | None) -> ChangeRule | None:
    if "change" not in table:
        return None
    change = _table(table, "change", ("threshold", "sd", "reliability", "citation"))
    if better is None:
        raise table.wrong("score", "must say which way is better, for changes: better = 'down' or 'up'.")
    citation = change.need_text("citation")
    points = change.number("threshold", 0.01, MAX_TOTAL)
    sd = change.number("sd", 0.01, MAX_TOTAL)
    reliability = change.number("reliability", 0.01, 0.99)
    if points is not None and sd is None and reliability is None:
        return Threshold(points=points, citation=citation)
    if points is None and sd is not None and reliability is not None:
        return Reliability(sd=sd, reliability=reliability, citation=citation)
    raise table.wrong("change", "must give either a threshold, or sd and reliability together.")
