"""A language's prompts as people said them, as one file: for another server, or for everybody on this one.

`python -m community.speech.pack export mr marathi.zip` writes what communities of this server have approved.
`python -m community.speech.pack import marathi.zip` lets everybody on this server hear it.

The file is a zip: manifest.json ({"language", "version", "clips": {English message: file}}) and Ogg/Opus files. What is
taken in is made anew from its sound, so nothing of a stranger's file is ever sent to a phone.
"""

import argparse
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from community.config import secret, settings
from community.languages.compiled import write_whole
from community.languages.tongues import LANGUAGES
from community.speech.clip import NotSound, reencoded
from community.speech.cupboard import Cupboard
from community.speech.models import Recording, fingerprint_of
from community.speech.recorded import manifest_of

FORMAT = 1
MOST = 5000  # clips
LARGEST = 200_000  # bytes of one


class NotAPack(ValueError):
    """What is wrong with the file, in words."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m community.speech.pack")
    ways = parser.add_subparsers(dest="way", required=True)
    out = ways.add_parser("export")
    out.add_argument("language", choices=sorted(LANGUAGES))
    out.add_argument("file", type=Path)
    ways.add_parser("import").add_argument("file", type=Path)
    asked, known = parser.parse_args(arguments), settings()
    cupboard = Cupboard(Path(known["INSTANCE"]) / "speech", secret(known["INSTANCE"], "secret"))
    try:
        said = _export(asked, known, cupboard) if asked.way == "export" else _import(asked, known, cupboard)
    except (NotAPack, zipfile.BadZipFile, OSError) as error:
        sys.exit(f"Not done: {error}")
    sys.stdout.write(said)
    return 0


def _export(asked: argparse.Namespace, known: dict[str, Any], cupboard: Cupboard) -> str:
    clips = _approved(known["DATABASE_URL"], asked.language)
    content = packed(asked.language, {message: cupboard.clip(name) or b"" for message, name in clips.items()})
    asked.file.write_bytes(content)
    return f"{asked.language}: {len(clips)} clips, {len(content):,} bytes in {asked.file}\n"


def _approved(url: str, code: str) -> dict[str, str]:
    """English message: the clip that was approved last, whichever community said it."""
    wanted = sa.select(Recording.message, Recording.clip).where(
        Recording.language == code, Recording.answer == "approved"
    )
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return {message: clip for message, clip in connection.execute(wanted.order_by(Recording.answered_at))}


def packed(code: str, clips: dict[str, bytes]) -> bytes:
    """The pack's bytes, the same for the same clips."""
    written = io.BytesIO()
    files = {message: f"{fingerprint_of(message)[:16]}.ogg" for message, clip in sorted(clips.items()) if clip}
    manifest = {"language": code, "version": FORMAT, "clips": files}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as pack:
        pack.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest, ensure_ascii=False, indent=1))
        for message, name in files.items():
            pack.writestr(zipfile.ZipInfo(name), clips[message])
    return written.getvalue()


def _import(asked: argparse.Namespace, known: dict[str, Any], cupboard: Cupboard) -> str:
    code, clips = unpacked(asked.file.read_bytes())
    names = {message: cupboard.lay(clip) for message, clip in clips.items()}
    manifest = manifest_of(Path(known["INSTANCE"]), code)
    before = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    write_whole(manifest, json.dumps(before | names, ensure_ascii=False).encode())
    return f"{code}: {len(names)} clips taken in, {len(before | names)} for everybody now\n"


def unpacked(content: bytes) -> tuple[str, dict[str, bytes]]:
    """The language, and each clip by its English message, made anew. Raises NotAPack."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        try:
            manifest = json.loads(pack.read("manifest.json"))
            code, files = manifest["language"], dict(manifest["clips"])
        except (KeyError, ValueError, TypeError) as error:
            raise NotAPack("it has no manifest of ours") from error
        if manifest.get("version") != FORMAT or code not in LANGUAGES or len(files) > MOST:
            raise NotAPack("its manifest names another format, or no language of ours")
        return code, {str(message): _clip(pack, str(name)) for message, name in files.items()}


def _clip(pack: zipfile.ZipFile, name: str) -> bytes:
    try:
        if pack.getinfo(name).file_size > LARGEST:
            raise NotAPack(f"{name} is too big for a prompt")
        return reencoded(pack.read(name))
    except KeyError as error:
        raise NotAPack(f"{name} is not in it") from error
    except NotSound as error:
        raise NotAPack(f"{name} holds no sound") from error


if __name__ == "__main__":
    sys.exit(main())
