"""The parts of `docs/plugins.md` that are read off the source of `milepost.plugin_api`: signatures, attributes, fields."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache

from milepost.plugin_api import SCOPE_OF, changes, hooks, kinds, settings, views

MODULES = (changes, hooks, kinds, settings, views)
KINDS = ("Exporter", "Importer", "Connectable", "Connector", "Inbox", "Notifier")
GIVEN = ("ExportContext", "Revised", "Context", "State", "InboxContext", "Request", "Reply", "Message")
CHANGES = (
    "Changed",
    "Removed",
    "Withdrawn",
    "Happened",
    "Done",
    "Rejected",
    "Later",
    "NewEntry",
    "Revision",
    "Retraction",
    "NewInstrument",
    "NotTaken",
)
SETTINGS = ("Secret", "NoSettings")
VIEWS = ("JournalView", *(cls.__name__ for cls in views.VIEWS.values()))
ALIASES = (
    "Change",
    "Answer",
    "Entry",
    "FromFile",
    "Reason",
    "Scope",
    "Kind",
    "View",
    "Text",
    "Number",
    "Whole",
    "Zoned",
)
"""Names that stand for several types, in the order in which they are told."""


@cache
def _trees() -> list[ast.Module]:
    return [ast.parse(inspect.getsource(module)) for module in MODULES]


@cache
def _classes() -> dict[str, ast.ClassDef]:
    return {node.name: node for tree in _trees() for node in tree.body if isinstance(node, ast.ClassDef)}


def _joined(text: str | None) -> str:
    """A docstring as paragraphs of one line each."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The line that begins a function, as an author writes it."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{word} {node.name}({ast.unparse(node.args)}){returns}:"


def _code(*lines: str) -> str:
    return "\n".join(["```python", *lines, "```"])


def functions_of(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Those that are for authors."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def hook_functions() -> str:
    """Every hook."""
    tree = ast.parse(inspect.getsource(hooks))
    found = [f"{_code(signature(node))}\n\n{_joined(ast.get_docstring(node))}" for node in functions_of(tree.body)]
    return "\n\n".join(found)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str, str]]:
    """(name, type, default, words) of each attribute of a class."""
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id == "_View":
            yield from _fields(_classes()["_View"])
    for place, one in enumerate(node.body):
        if not (isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)):
            continue
        kind = ast.unparse(one.annotation).replace("'httpx.AsyncClient'", "httpx.AsyncClient")
        if kind.startswith("ClassVar["):
            kind = kind[len("ClassVar[") : -1]
        default = ast.unparse(one.value) if one.value else ""
        default = {"msgspec.field(default_factory=dict)": "{}", "_no_history": "none"}.get(default, default)
        after = node.body[place + 1] if place + 1 < len(node.body) else None
        said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        yield one.target.id, kind, default, _joined(str(said))


def _cell(text: str) -> str:
    return f"`{text}`".replace("|", r"\|") if text else ""


def _table(node: ast.ClassDef) -> str:
    rows = list(_fields(node))
    scopes = next((of for cls, of in SCOPE_OF.items() if cls.__name__ == node.name), None)
    if not rows:
        return ""
    if scopes is not None:
        head = ["| Field | Type | Default | Scope |", "| --- | --- | --- | --- |"]
        cells = [(_cell(n), _cell(kind), _cell(default), scopes.get(n, "")) for n, kind, default, _ in rows]
    elif any(words for *_, words in rows):
        head = ["| Attribute | Type | Default | What it is |", "| --- | --- | --- | --- |"]
        cells = [(_cell(n), _cell(kind), _cell(default), words) for n, kind, default, words in rows]
    else:
        head = ["| Field | Type | Default |", "| --- | --- | --- |"]
        cells = [(_cell(n), _cell(kind), _cell(default)) for n, kind, default, _ in rows]  # type: ignore[misc]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in cells)])


def _methods(node: ast.ClassDef) -> Iterator[str]:
    for one in functions_of(node.body):
        marks = {ast.unparse(mark) for mark in one.decorator_list}
        abstract = "abstractmethod" in marks and node.name in KINDS
        words = _joined(ast.get_docstring(one))
        if node.name in KINDS:
            words += " Must be defined." if abstract else " May be left out."
        yield f"{_code(*(['@property'] if 'property' in marks else []), signature(one))}\n\n{words}"


def _class(name: str) -> str:
    node = _classes()[name]
    bases = [ast.unparse(base) for base in node.bases if ast.unparse(base) not in {"_View", "Struct", "ABC"}]
    of = [base for base in bases if base != "Generic[S]"]
    words = _joined(ast.get_docstring(node))
    more = f"It is a `{of[0]}`, and has what that has." if of else ""
    return "\n\n".join(part for part in (f"### {name}", words, more, _table(node), *_methods(node)) if part)


def _several(*names: str) -> str:
    return "\n\n".join(map(_class, names))


def aliases() -> str:
    """Names for several types."""
    found = {}
    for tree in _trees():
        for place, node in enumerate(tree.body):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id in ALIASES and value is not None:
                after = tree.body[place + 1] if place + 1 < len(tree.body) else None
                said = (
                    after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
                )
                found[target.id] = (_cell(ast.unparse(value).replace("'", '"')), _joined(str(said)))
    rows = [f"| `{name}` | {found[name][0]} | {found[name][1]} |" for name in ALIASES]
    return "\n".join(["| Name | Stands for | What it is |", "| --- | --- | --- |", *rows])


PLUGIN_TABLES = {
    "plugin-changes": lambda: _several(*CHANGES),
    "plugin-given": lambda: _several(*GIVEN),
    "plugin-hooks": hook_functions,
    "plugin-kinds": lambda: _several(*KINDS),
    "plugin-names": aliases,
    "plugin-settings": lambda: _several(*SETTINGS),
    "views": lambda: _several(*VIEWS),
}
