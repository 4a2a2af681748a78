"""Every script of the browser is checked against its JSDoc types, and linted, by deno."""

import os
import shutil
import subprocess
from pathlib import Path

import deno
import pytest

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "deno.json"
SCRIPTS = sorted((ROOT / "src").rglob("*.js"))


@pytest.fixture
def run(tmp_path):
    """Run deno offline, with a cache of its own; returns its exit code and what it said."""

    def go(*arguments):
        environment = os.environ | {
            "DENO_DIR": str(tmp_path / "deno"),
            "DENO_NO_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            [deno.find_deno_bin(), *map(str, arguments)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return go


def check(run, *scripts):
    return run("check", "--no-remote", "--no-npm", "--config", CONFIG, *scripts)


def lint(run, *scripts):
    return run("lint", "--config", CONFIG, *scripts)


@pytest.mark.slow
def test_types_hold(run):
    assert len(SCRIPTS) > 8
    code, said = check(run, *SCRIPTS)
    assert code == 0, said


def test_lint_finds_nothing(run):
    code, said = lint(run, *SCRIPTS)
    assert code == 0, said
    assert f"Checked {len(SCRIPTS)} files" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "right", "wrong", "complaint"),
    [
        ("zoom.js", "this.moved = false;", 'this.moved = "no";', "TS2322"),
        ("placing.js", "points.filter(", "points.filtre(", "TS2551"),
        ("looking.js", "data.several_on", "data.several_at", "TS2551"),
        ("dom.js", "@param {string} text a", "@param text a", "TS7006"),
    ],
)
def test_negative_control_a_wrong_type_is_found(run, tmp_path, script, right, wrong, complaint):
    frontend = next(path.parent for path in SCRIPTS if path.name == script)
    copy = shutil.copytree(frontend, tmp_path / "copy", ignore=shutil.ignore_patterns("atlas"))
    text = (copy / script).read_text("utf-8")
    assert right in text
    (copy / script).write_text(text.replace(right, wrong, 1), "utf-8")
    code, said = check(run, *copy.glob("*.js"))
    assert code != 0
    assert complaint in said


def test_negative_control_a_bad_habit_is_found(run, tmp_path):
    (tmp_path / "bad.js").write_text(
        "let unused = 1;\nexport const same = (a) => a == 2;\n", "utf-8"
    )
    code, said = lint(run, tmp_path / "bad.js")
    assert code != 0
    assert {"no-unused-vars", "prefer-const", "eqeqeq"} <= set(
        said.replace("[", " ").replace("]", " ").split()
    )
