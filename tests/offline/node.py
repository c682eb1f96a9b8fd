"""Our scripts in Node, where it is installed: each as a module of its own, beside the test that asks for it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from community.assets import STATIC

HERE = Path(__file__).parent
PATIENCE = 60  # seconds


def laid_out(folder: Path) -> Path:
    """The scripts with pure functions as .mjs, which every Node takes for a module."""
    worker = (STATIC / "sw" / f"{name}.js" for name in ("bring", "pages", "payload", "queue", "sheet"))
    for path in (STATIC / "late" / "push.js", STATIC / "late" / "speech.js", *worker):
        shutil.copy(path, folder / f"{path.stem}.mjs")
    shutil.copy(STATIC / "late" / "queue.js", folder / "waiting.mjs")
    shutil.copy(STATIC / "js" / "once.js", folder / "once.mjs")
    shutil.copy(STATIC / "js" / "queue.js", folder / "page.mjs")
    shutil.copy(STATIC / "js" / "heard.js", folder / "heard.mjs")
    for name in ("player", "recorder", "parts", "away"):
        shutil.copy(STATIC / "late" / f"{name}.js", folder / f"{name}.mjs")
    return folder


def node(folder: Path, *arguments: str, given: str = "") -> str:
    """What Node prints. Raises where it fails, with what it said."""
    done = subprocess.run(
        ["node", *arguments], cwd=folder, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def call(folder: Path, module: str, function: str, *given: Any) -> Any:
    """What this function of the module makes of these arguments."""
    script = (
        f'import {{ {function} }} from "./{module}.mjs"; import {{ readFileSync }} from "node:fs";'
        f"console.log(JSON.stringify({function}(...JSON.parse(readFileSync(0, 'utf8')))))"
    )
    return json.loads(node(folder, "--input-type=module", "-e", script, given=json.dumps(given)))
