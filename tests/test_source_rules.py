"""House rules of security that the source must show, each with a snippet that it must catch."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "pages")
FILES = sorted({*(p for f in FOLDERS for p in (ROOT / f).rglob("*.py")), ROOT / "app.py"})

Fault = tuple[int, str]

UNSAFE = {"unsafe_allow_html", "unsafe_allow_javascript"}
WRITES = {"writing", "sealed"}
"""Blocks within which a transaction is open."""
SQL_METHODS = {"execute", "executemany", "executescript", "query"}
RAW_SQL = {"where", "order_by", "select", "group_by"}
"""Arguments of sqlite-utils that are taken over as SQL."""
SQL_WORDS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "ALTER ", "CREATE ", " WHERE ")
CACHES = {"cache_data", "cache_resource", "cache", "lru_cache"}
TOLD = {"print", "pprint"}


@dataclass(frozen=True)
class Rule:
    """`find` gives the faults of a parsed file; `caught` must have one, `left` must have none."""

    name: str
    find: Callable[[ast.AST], Iterator[Fault]]
    caught: str
    left: str


def name_of(node: ast.AST) -> str:
    """`st.text` of a call's function or of an expression; empty for others."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return name_of(node.func) if isinstance(node, ast.Call) else ""


def unsafe_markup(tree: ast.AST) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in UNSAFE:
            yield node.value.lineno, node.arg
        elif isinstance(node, ast.Constant) and node.value in UNSAFE:
            yield node.lineno, "an unsafe option by its name"


def frames(tree: ast.AST) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = name_of(node)
            if "components.v1" in name or name in ("st.iframe", "streamlit.iframe"):
                yield node.lineno, name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            module = getattr(node, "module", None) or ""
            if any("components.v1" in f"{module}.{name}" for name in names):
                yield node.lineno, "components.v1"


def pasted_sql(tree: ast.AST) -> Iterator[Fault]:
    """SQL into which something is pasted that the function was given, or that looks like a value.

    Pasted may be what this module itself spells: constants in capitals, and names that were put
    together from such (marks, columns, tables). A parameter of a public function never.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        every = function.args.args + function.args.kwonlyargs + function.args.posonlyargs
        given = {one.arg for one in every} - {"self", "db"}
        if function.name.startswith("_"):
            given = set()
        for node in ast.walk(function):
            for pasted in pastes(node):
                names = {one.id for one in ast.walk(pasted) if isinstance(one, ast.Name)}
                if names & (given - BUILDING) or "value" in names:
                    yield node.lineno, f"{', '.join(sorted(names))} in SQL"


BUILDING = {"table", "column", "columns", "select", "marks", "where"}
"""Parameters that carry SQL of the record's own between its modules."""


def pastes(node: ast.AST) -> Iterator[ast.AST]:
    """What is pasted into a piece of SQL by an f-string, `%`, `+` or `.format`."""
    if isinstance(node, ast.JoinedStr) and is_sql(node):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        if is_sql(node.left):
            yield node.right
        elif is_sql(node.right):
            yield node.left
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and is_sql(node.func.value)
    ):
        yield from node.args
        yield from (keyword.value for keyword in node.keywords)


def is_sql(node: ast.AST) -> bool:
    texts = [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return any(word in text for text in texts for word in SQL_WORDS)


def raw_arguments(tree: ast.AST) -> Iterator[Fault]:
    """`rows_where(where=f"...")` and the like: raw SQL in an argument of sqlite-utils."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in ("rows_where", "pks_and_rows_where", "count_where", "delete_where"):
            for argument in [*node.args[:1], *(k.value for k in node.keywords if k.arg in RAW_SQL)]:
                if not isinstance(argument, ast.Constant):
                    yield node.lineno, f"{node.func.attr} with SQL that is not spelled out"
        if node.func.attr == "executescript":
            yield node.lineno, "executescript is not rolled back"


def drawing_while_writing(tree: ast.AST) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.With):
            continue
        opened = {name_of(item.context_expr).split(".")[-1] for item in node.items}
        if opened & WRITES:
            for inner in ast.walk(ast.Module(node.body, [])):
                if isinstance(inner, ast.Call) and name_of(inner).startswith(("st.", "streamlit.")):
                    yield inner.lineno, f"{name_of(inner)} inside a transaction"


def open_caches(tree: ast.AST) -> Iterator[Fault]:
    """A cache that every session shares; only resources without patients, by name, may be one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if name_of(decorator).split(".")[-1] not in CACHES:
                continue
            scoped = isinstance(decorator, ast.Call) and any(
                k.arg == "scope" and getattr(k.value, "value", "") == "session"
                for k in decorator.keywords
            )
            if not scoped and node.name not in SHARED:
                yield node.lineno, f"{node.name} is cached for everybody"
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and name_of(node.func).split(".")[-1] in CACHES
            and any(isinstance(one, ast.Name | ast.Lambda) for one in node.args)
        ):
            yield node.lineno, "a function is cached without its name in view"


SHARED = {
    "atlas": "the drawn body",
    "mesh_places": "where the drawn body's mesh is seen",
    "drawn_mesh": "where the drawn body's mesh is seen",
    "patch_of": "the skin of the drawn body, laid flat",
    "_packed": "points of an area of the drawn body",
    "_styles": "the style sheets",
    "_preloads": "the names of Streamlit's own scripts",
    "_of_one": "points of an area of the drawn body",
    "_default": "the language of the setting",
    "load_language": "translations",
    "_renderer": "the figure's component",
    "_stage": "the component of a lesson's stage",
    "_pen": "the component of the patient page",
    "_script": "the component of the tour, which holds nothing of anybody",
    "matrix": "the matrix of roles",
    "environment": "templates",
    "providers": "who may vouch for a sign-in",
    "shared_catalogue": "the catalogue",
    "worded_catalogue": "the catalogue in a language",
    "shared_reader": "reports, which count people and name none; single patients are never kept",
    "_opened": "a lake, which holds pseudonyms",
    "specs": "what the reports declare",
    "_parts": "common passwords",
    "_longest_part": "a number of them",
    "rooms": "rooms of learners, on a demo only: invented cases, names of the day where asked for",
    "_bound_codes": "the codes of FHIR's own types",
    "questions_under_way": "questions being answered, named by clinic and filters; no answers",
}
"""Functions that may be remembered for everybody, and what they give: nothing of a patient."""


def swallowed(tree: ast.AST) -> Iterator[Fault]:
    """`except:`, and `except (Base)Exception` that does not raise again."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        blanket = node.type is None or any(
            name_of(kind) in ("Exception", "BaseException") for kind in kinds if kind
        )
        raised = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        if node.type is None or (blanket and not raised):
            yield node.lineno, "swallows every error"
        elif all(isinstance(one, ast.Pass) for one in node.body):
            yield node.lineno, "passes over an error; contextlib.suppress says so"


def chatter(tree: ast.AST) -> Iterator[Fault]:
    """Printing, and logging that carries anything but a fixed text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        if name in TOLD:
            yield node.lineno, name
        parts = name.split(".")
        logs = parts[0] in ("logging", "logger", "log", "_log", "_logger", "LOG", "LOGGER")
        if logs and parts[-1] in ("debug", "info", "warning", "error", "exception", "critical"):
            fixed = all(isinstance(one, ast.Constant) for one in node.args)
            if not fixed or parts[-1] == "exception":
                yield node.lineno, f"{name} with more than a fixed text"


def dangerous_calls(tree: ast.AST) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        if name in ("eval", "exec", "compile", "__import__", "os.system", "os.popen"):
            yield node.lineno, name
        if (
            name.split(".")[0] in ("pickle", "marshal", "shelve", "dill")
            or name == "yaml.unsafe_load"
        ):
            yield node.lineno, name
        if any(k.arg == "shell" and getattr(k.value, "value", False) for k in node.keywords):
            yield node.lineno, "a shell"


RULES = (
    Rule(
        "no unsafe markup", unsafe_markup,
        "st.markdown(name, unsafe_allow_html=True)", "st.text(name)",
    ),
    Rule(
        "no frames", frames,
        "import streamlit.components.v1 as c\nc.html(name)", "st.components.v2.component('x')",
    ),
    Rule(
        "no values in SQL", pasted_sql,
        "def find(db, name):\n    db.execute(f\"SELECT * FROM a WHERE b = '{name}'\")",
        "def find(db, name):\n    db.execute(f'SELECT * FROM {TABLE} WHERE b = ?', [name])",
    ),
    Rule(
        "no raw SQL through sqlite-utils", raw_arguments,
        "db['a'].rows_where(f\"b = '{name}'\")", "db['a'].rows_where('b = ?', [name])",
    ),
    Rule(
        "nothing drawn inside a transaction", drawing_while_writing,
        "with writing(db, actor) as change:\n    st.text('saved')",
        "with writing(db, actor) as change:\n    change.log('x')\nst.text('saved')",
    ),
    Rule(
        "no cache for everybody", open_caches,
        "@st.cache_data\ndef rows(patient):\n    return 1",
        "@st.cache_data(scope='session')\ndef rows(patient):\n    return 1",
    ),
    Rule(
        "no error swallowed", swallowed,
        "try:\n    a()\nexcept Exception:\n    b = 1", "try:\n    a()\nexcept OSError:\n    b = 1",
    ),
    Rule(
        "no chatter", chatter,
        "logger.info(f'{patient} was seen')", "logger.info('a backup was made')",
    ),
    Rule("no code from data", dangerous_calls, "eval(cell)", "json.loads(cell)"),
)  # fmt: skip

MORE_CAUGHT = {
    "no unsafe markup": ("st.html(a, **{'unsafe_allow_javascript': True})",),
    "no frames": ("st.components.v1.iframe(a)", "st.iframe(a)",
                  "import streamlit.components.v1 as v1"),
    "no values in SQL": (
        'def find(db, name):\n    db.execute("SELECT a FROM b WHERE c = %s" % name)',
        'def find(db, name):\n    db.execute("SELECT a FROM b WHERE c = " + name)',
        'def find(db, name):\n    db.execute("SELECT a FROM b WHERE c = {}".format(name))',
        'def find(db, order):\n    db.execute(f"SELECT a FROM b ORDER BY {order}")',
        'def _find(db, value):\n    db.execute(f"SELECT a FROM b WHERE c = {value}")',
    ),
    "no raw SQL through sqlite-utils": (
        "db['a'].rows_where(where='1', order_by=asked)", "db.executescript('x')",
    ),
    "no error swallowed": (
        "try:\n    a()\nexcept:\n    raise", "try:\n    a()\nexcept ValueError:\n    pass",
        "try:\n    a()\nexcept (OSError, BaseException):\n    b = 1",
    ),
    "no chatter": ("print(patient)", "logging.warning('%s', patient)", "_log.exception('x')"),
    "no cache for everybody": ("rows = st.cache_data(load)",
                               "@cache_resource\ndef db():\n    return 1",
                               "@lru_cache\ndef patient(name):\n    return 1"),
    "no code from data": ("pickle.loads(a)", "subprocess.run(a, shell=True)"),
}  # fmt: skip


@pytest.fixture(scope="module")
def parsed():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def test_the_source_keeps_the_rules(parsed, checks):
    assert len(FILES) > 150
    with checks("source rules (files x rules)", planned=len(FILES) * len(RULES)) as count:
        for rule in RULES:
            for path, tree in parsed.items():
                found = list(rule.find(tree))
                count.that(not found, f"{rule.name}: {path.relative_to(ROOT)} {found}")


def test_negative_control_each_rule_catches_its_snippets(checks):
    more = sum(map(len, MORE_CAUGHT.values()))
    with checks("source rules, control", planned=2 * len(RULES) + more) as count:
        for rule in RULES:
            for text in (rule.caught, *MORE_CAUGHT.get(rule.name, ())):
                count.that(list(rule.find(ast.parse(text))), f"{rule.name} misses {text!r}")
            count.that(not list(rule.find(ast.parse(rule.left))), f"{rule.name}: {rule.left!r}")


def test_what_may_be_cached_for_everybody_is_there_once(parsed):
    cached = [
        node.name
        for tree in parsed.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(name_of(one).split(".")[-1] in CACHES for one in node.decorator_list)
    ]

    assert sorted(name for name in cached if name in SHARED) == sorted(SHARED)


def test_pages_and_frame_open_no_file_of_the_clinic_for_writing_themselves(parsed):
    """Pages go through functions of the record: `writing` is called in records/ and exchange/."""
    allowed = ("records", "exchange")
    callers = {
        path.relative_to(ROOT / "src" / "mesodash").parts[0]
        if path.is_relative_to(ROOT / "src" / "mesodash")
        else path.relative_to(ROOT).parts[0]
        for path, tree in parsed.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func).split(".")[-1] == "writing"
    }

    assert callers - set(allowed) == set()


def clocks(tree: ast.AST) -> set[str]:
    """The calls that ask the machine for the day or the moment."""
    asked = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time"}
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (name := name_of(node.func)) in asked
    }


def test_the_machine_is_asked_for_the_day_in_one_place(parsed):
    """`settings` for the day, the record for a moment, the lake for the age of files it left."""
    found = {
        path.relative_to(ROOT / "src" / "mesodash").as_posix(): asked
        for path, tree in parsed.items()
        if (asked := clocks(tree))
    }

    assert found == {
        "settings.py": {"datetime.now"},
        "records/store/connection.py": {"datetime.now"},
        "lake/engines.py": {"time.time"},
    }


def test_negative_control_a_clock_is_seen():
    read = "at = datetime.now(UTC)\nday = date.today()"
    assert clocks(ast.parse(read)) == {"datetime.now", "date.today"}
    assert clocks(ast.parse("day = settings.today()")) == set()
