"""Hostile strings: what people, programs and attackers put into a text field."""

_SCRIPTS = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<body onload=window.ran=1>",
    "<details open ontoggle=window.ran=1>x</details>",
    "<a href='javascript:window.ran=1'>x</a>",
    "<math><mtext><img src=x onerror=window.ran=1></mtext></math>",
    "</script><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<base href='http://evil.example/'>",
    "<form action='http://evil.example/'><button>x</button></form>",
    "<object data='http://evil.example/x'></object>",
    "<link rel=stylesheet href='http://evil.example/x.css'>",
    "<input autofocus onfocus=window.ran=1>",
    "<video><source onerror=window.ran=1></video>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
_MARKDOWN = [
    "![x](http://evil.example/p.png)",
    "[x](javascript:window.ran=1)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<http://evil.example/>",
    "# heading",
    "| a | b |",
    "$\\frac{1}{0}$",
    ":material/delete:",
    ":red[x]",
    "```x",
    "[^1]: x",
    "- [ ] x",
    "<!-- x",
    "**bold",
    "`code`",
]
_TEMPLATES = [
    "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}", "%s%n%x",
    "{{config}}",
]  # fmt: skip
_SQL = [
    "' OR '1'='1", "'; DROP TABLE patients; --", '" OR ""="', "1; SELECT 1", "x') --", "%", "_%",
    "UNION SELECT name FROM sqlite_master", "NULL", "0x41", "\\'; --", "a*b NEAR c",
]  # fmt: skip
_CELLS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example")',
    "\t=1+1", ";=1", "|=1",
]  # fmt: skip
_PATHS = [
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "file:///etc/passwd",
    "//evil.example/",
    "%2e%2e%2f", "con", "nul.txt", "~root", "a/b", "?patient=1&x", "#x",
]  # fmt: skip
_LETTERS = [
    "\u202eneddih", "\u2066x\u2069", "z\u0351\u0352\u0353a\u0354l\u0355go" * 20, "👩🏽‍⚕️" * 30,
    "Ünïcödé", "李小龙", "مريضة", "\u200bx\u200b", "\ufeffx", "ﬁ", "İi", "ß", "e\u0301",
    "\U0001f3f4",
    "a" * 200, "w " * 100, "O'Brien", 'Anna "Nina" B', "Ann & Bob", "a<b>c", "x;y", "x,y", "-",
    "None", "nan", "true", "1e309", "00012", "undefined", "__proto__", "constructor",
]  # fmt: skip
_CONTROLS = [
    f"a{letter}b" for letter in "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x85\r\n\t\u2028\u2029"
]  # fmt: skip
LONG = "long " * 4000

STRINGS = tuple(
    dict.fromkeys(
        [*_SCRIPTS, *_MARKDOWN, *_TEMPLATES, *_SQL, *_CELLS, *_PATHS, *_LETTERS, *_CONTROLS, LONG]
    )
)
"""All of them, each once: more than 120."""

SHOWN = (*_SCRIPTS, *_MARKDOWN, *_TEMPLATES)
"""Those that a page might run or draw: more than 40."""
