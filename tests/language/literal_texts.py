"""Finds texts that a person reads and that do not go through gettext."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TRANSLATING = {"_", "N_", "gettext", "ngettext", "pgettext", "npgettext"}
# Of these every literal is read by a person, single words too.
SHOWN_BY = {
    "echo", "Failure", "show", "show_empty", "show_hidden", "say", "CellError", "Unreadable",
    "broken", "_broken", "_fail",
}  # fmt: skip
SHOWN_AS = {
    "label", "help", "title", "text", "placeholder", "caption", "name", "hovertemplate",
    "hover", "aside", "alt", "note", "lead", "heading", "description",
}  # fmt: skip
# Arguments of Streamlit's that no one reads.
UNSEEN = {
    "key", "icon", "type", "width", "height", "gap", "mime", "file_name", "border", "on_click",
    "label_visibility", "vertical_alignment", "horizontal_alignment", "position", "layout",
    "page_icon", "url_path", "visibility", "format", "selection_mode", "anchor", "size", "color",
    "autocomplete", "language", "display_mode", "on_change", "default", "value", "options",
}  # fmt: skip
NOT_TEXT = {
    "cache_data", "cache_resource", "dialog", "fragment", "columns", "container", "get", "pop",
    "setdefault", "component", "query_params", "session_state", "html", "form", "get_option",
    "Page",
}  # fmt: skip
# Errors of Python's own say to a programmer what was called wrongly; below the pages and commands
# nobody shows them to a person (a fault of a file or a form has a class of its own).
FOR_PROGRAMMERS = {"ValueError", "TypeError", "KeyError"}
# Said by Python's own when what cannot happen did: to programmers, wherever it is raised.
NEVER = {"RuntimeError", "NotImplementedError", "AssertionError"}
# Arguments that are kept or compared as they are: the key of an entry of the change log.
KEPT_AS = {"key"}
# Folders in which any literal that reads like a sentence is taken to be shown.
SPEAKING = {
    "ui", "pages", "cli", "figures", "access", "consult", "exchange", "documents", "records",
}  # fmt: skip
FONTS = {"Libertinus Serif"}  # what typst brings
_TYPST_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
# What is code in a template's markup: a statement to the end of its line, or a name.
_TYPST_CODE = re.compile(r"#(?:let|set|show|if|for|context)\b.*|#[\w.-]+")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"""^["'(\[]?[A-ZÀ-Ý“‘][^_]*[a-z][^_]* [a-z(\d][\s\S]*$""")
# What is put together to a sentence elsewhere, such as `is empty; fill it in`: three words or more.
_PART = re.compile(
    r"""^ ?["'(\[]?(?:N[.;:,]? )?[a-zà-ÿ'’]+[,:;\])]? [a-zà-ÿ'’]+[,:;]? [a-zà-ÿN'’“"`(][^_]*$"""
)
_PLACE = re.compile(r"\{[^{}\s]*\}")
_SQL = re.compile(
    r"^[\sN(]*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|WITH|ATTACH|COPY|BEGIN"
    r"|CHECK|CASE|WHERE|ORDER BY|GROUP BY|AND|(LEFT )?JOIN)\b"
    r"|[=<>?] | (IS NOT|IS|IN|NOT|AND|AS|ON|OR|SELECT|CHECK|TEXT|DESC)\b"
)


def _tree(path: Path) -> ast.AST:
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed: int) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def literal_texts(path: Path, package: str) -> list[tuple[int, str]]:
    """The places of a module where a text is shown that is not translated: line and text."""
    tree = _tree(path)
    wrapped = _wrapped(tree) | _docstrings(tree) | _not_said(tree)
    found: dict[int, str] = {}
    for node in _shown(tree, package.split(".", maxsplit=1)[0] in SPEAKING):
        for one in _literals(node):
            if id(one) in wrapped:
                continue
            text = _text(one)
            if _WORDS.search(text) and not _SQL.match(text):
                found.setdefault(one.lineno, text)
    return sorted(found.items())


def typst_literals(template: str) -> list[str]:
    """The texts of a typst template that are set unchanged: two words or more, not in `t()`."""
    bare = re.sub(r"(?m)//.*$", "", template)
    bare = re.sub(r'(?<![\w-])t\("(?:[^"\\]|\\.)*"', "t(", bare)
    texts = [one for one in _TYPST_STRING.findall(bare) if one not in FONTS]
    bare = _TYPST_STRING.sub("", bare)
    before = ""
    while bare != before:  # from within: calls and blocks of code go, content in brackets is kept
        before = bare
        bare = re.sub(r"\([^()\[\]{}]*\)|\{[^()\[\]{}]*\}", "", bare)
        texts += re.findall(r"\[([^()\[\]{}]*)\]", bare)
        bare = re.sub(r"\[[^()\[\]{}]*\]", "", bare)
    texts += bare.splitlines()
    texts = [_TYPST_CODE.sub("", one).strip(" =*\n") for one in texts]
    return [one for one in texts if re.search(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}", one)]


def _shown(tree: ast.AST, speaking: bool) -> Iterator[ast.AST]:
    """What a person gets to read, as far as the source can tell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if not speaking and getattr(node.exc.func, "id", "") in FOR_PROGRAMMERS:
                continue
            yield from (one for one in node.exc.args if _sentence(one))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _defaults(node)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
        elif speaking and isinstance(node, ast.Constant | ast.JoinedStr) and _sentence(node):
            yield node


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    root = _root(node.func)
    if name in NOT_TEXT or name in TRANSLATING:
        return
    if root == "st":
        yield from node.args[:1]
        yield from (one.value for one in node.keywords if one.arg in SHOWN_AS - UNSEEN)
    elif name in SHOWN_BY:
        # The first argument of `show` is the template's name, that of `_fail` a place in a file.
        yield from (node.args[1:] if name in ("show", "_fail") else node.args)
        yield from (one.value for one in node.keywords if one.arg in SHOWN_AS - UNSEEN)


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What parameters that are shown are unless something else is given."""
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    pairs = [
        *zip(plain[len(plain) - len(given.defaults) :], given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    yield from (
        value for one, value in pairs if one.arg in SHOWN_AS - {"name"} and value is not None
    )


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _sentence(node: ast.AST) -> bool:
    return any(
        pattern.match(_text(one)) for one in _literals(node) for pattern in (_SENTENCE, _PART)
    )


def _literals(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The strings of an expression; an f-string is one."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
        yield from _literals(node.right)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join")
    ):
        # What is filled in, and what stands between the parts: "{} of them".format(n).
        yield from _literals(node.func.value)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return _PLACE.sub("N", str(node.value))
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "N" for part in node.values
    )


def _wrapped(tree: ast.AST) -> set[int]:
    """The strings inside a call of gettext's, and the parts of f-strings."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in TRANSLATING:
                inside |= {id(one) for one in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
    return inside


def _not_said(tree: ast.AST) -> set[int]:
    """Strings that are kept, compared or taken apart, and what cannot happen."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            inside |= {id(one) for one in (node.left, *node.comparators)}
        elif isinstance(node, ast.keyword) and node.arg in KEPT_AS:
            inside |= {id(one) for one in ast.walk(node.value)}
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            error = getattr(node.exc.func, "id", "")
            inside |= {
                id(one)
                for one in ast.walk(node.exc)
                if error in NEVER or (error in FOR_PROGRAMMERS and not _capital(one))
            }
        elif isinstance(node, ast.Dict):
            inside |= {id(one) for one in node.keys}
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("split", "encode", "removesuffix")
        ):
            inside |= {id(one) for one in (node.func.value, *node.args)}
    return inside


def _capital(node: ast.AST) -> bool:
    return any(_SENTENCE.match(_text(one)) for one in _literals(node))


def _docstrings(tree: ast.AST) -> set[int]:
    """Strings that are statements: docstrings, and the notes below constants."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def unseen_texts(path: Path) -> list[int]:
    """Lines where gettext is called inside an f-string, in which its tools find no text."""
    tree = _tree(path)
    calls = (
        node
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call)
    )
    return sorted(
        call.lineno
        for call in calls
        if getattr(call.func, "id", "") in TRANSLATING
        and any(isinstance(one, ast.Constant) for one in call.args)
    )


def hidden_names(path: Path) -> list[int]:
    """Lines that use `_` for something else in a module that translates with it."""
    tree = _tree(path)
    translates = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "mesodash.language"
        and any(alias.name == "_" for alias in node.names)
        for node in ast.walk(tree)
    )
    return [
        node.lineno
        for node in ast.walk(tree)
        if translates
        and isinstance(node, ast.Name)
        and node.id == "_"
        and isinstance(node.ctx, ast.Store)
    ]
