"""Run as a program: `mesodash import` on many folders, each in a process with limits of its own.

Arguments: the clinic's file, a folder of import folders, limits in seconds of CPU and bytes of
address space. Writes one JSON line a folder: exit code, seconds of CPU, peak memory, outputs.
"""

import gc
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path

from mesodash.cli import main, register


def run(db: str, folder: Path, seconds: int, memory: int) -> dict[str, object]:
    """One import in a forked process; nothing of it can stay behind."""
    out, err = folder.with_suffix(".out"), folder.with_suffix(".err")
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        for path, number in ((out, 1), (err, 2)):
            opened = os.open(path, os.O_WRONLY | os.O_CREAT)
            os.dup2(opened, number)
        sys.argv = ["mesodash", "import", str(folder), "--db", db]
        for option in ("rejects", "changes"):
            sys.argv += [f"--{option}", str(folder.with_suffix(f".{option}"))]
        code = 1
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:  # noqa: BLE001 - the child must end here, whatever happened
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # without the long farewell of an interpreter
    signal.alarm(60)
    _, status, used = os.wait4(child, 0)
    signal.alarm(0)
    return {
        "folder": folder.name,
        "code": os.waitstatus_to_exitcode(status),
        "seconds": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1024,
        "out": out.read_text(encoding="utf-8"),
        "err": err.read_text(encoding="utf-8"),
    }


if __name__ == "__main__":
    clinic, folders, seconds, memory = sys.argv[1:]
    register()  # loaded once, before the forks
    gc.freeze()
    for one in sorted(p for p in Path(folders).iterdir() if p.is_dir()):
        print(json.dumps(run(clinic, one, int(seconds), int(memory))), flush=True)
