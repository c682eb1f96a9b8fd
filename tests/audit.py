"""`make audit`: whether anything that is installed has a known hole. Whoever could not be asked is said, and fails nothing."""

import json
import subprocess
import sys
from typing import Any

UNREACHED = (
    "No module named pip_audit",
    "ConnectionError",
    "Max retries",
    "NameResolution",
    "timed out",
    "ServiceError",
    "HTTPError",
    "SSLError",
)


def asked() -> tuple[list[dict[str, Any]], str]:
    """What pip-audit knows of each package, and what it complained of."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--format=json",
        "--progress-spinner=off",
        "--skip-editable",
        "--timeout=10",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["dependencies"], done.stderr
    except (ValueError, KeyError):
        return [], done.stderr


def verdict(found: list[dict[str, Any]], said: str) -> tuple[int, list[str]]:
    """The exit code and the lines to print."""
    if not found and any(word in said for word in UNREACHED):
        return 0, ["audit: nobody was asked: no list of known holes can be reached from here."]
    if not found:
        return 1, ["audit: pip-audit did not answer.", said[-2000:]]
    known = [one for one in found if "skip_reason" not in one and "vulns" in one]
    holes = [f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'nothing yet'}"
             for one in known for hole in one["vulns"]]  # fmt: skip
    lines = [f"audit: {len(known)} of {len(found)} packages were looked up, {len(holes)} holes.", *holes]
    if not known:
        lines = [f"audit: nobody was asked: the registry keeps no list of holes ({len(found)} packages)."]
    return int(bool(holes)), lines


if __name__ == "__main__":
    code, lines = verdict(*asked())
    print("\n".join(lines))
    sys.exit(code)
