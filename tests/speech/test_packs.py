"""Clips ahead of their use, and prompts of people as a file: out, in, and what is refused."""

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from community.config import secret
from community.database import db, writing
from community.groups.models import Group
from community.people.models import Person
from community.speech import build, pack
from community.speech.clip import reencoded
from community.speech.cupboard import Cupboard
from community.speech.models import Recording
from tests.conftest import Stage
from tests.speech.test_clips import loudest, tone, wav
from tests.speech.test_listen import rows

SAID = "I have a code"
FEW = {"Listen": "सुनें", "Back": "पीछे", "Join": "जुड़ें"}


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INSTANCE", str(tmp_path))
    return tmp_path


@pytest.mark.sqlite_only
def test_clips_are_made_ahead_and_weighed(
    instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "prompts", lambda code, _catalogues: FEW)
    assert build.main(["hi", "--bytes"]) == 0
    assert re.fullmatch(r"hi +0 clips +0 bytes\n", capsys.readouterr().out)
    assert build.main(["hi"]) == 0
    printed = capsys.readouterr().out
    on_disk = sum(path.stat().st_size for path in (instance / "speech").rglob("*.ogg"))
    assert re.fullmatch(rf"hi +{len(FEW)} clips +{on_disk:,} bytes\n", printed)
    assert build.main(["hi", "--bytes"]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.sqlite_only
def test_a_page_finds_what_was_made_ahead(instance: Path) -> None:
    """Under the very name that a page asks for."""
    cupboard = Cupboard(instance / "speech", secret(instance, "secret"))
    run = next(iter(build._runs("hi")))
    cupboard.put(cupboard.name((run,)), "words", b"made ahead")
    assert cupboard.clip(cupboard.promise((run,), "words")) == b"made ahead"


@pytest.mark.parametrize("code", ["ks", "sat", "nowhere"])
@pytest.mark.sqlite_only
def test_no_clips_are_made_for_who_has_no_voice(instance: Path, code: str) -> None:
    with pytest.raises(SystemExit):
        build.main([code])


def _approve(stage: Stage, clip: bytes) -> None:
    with stage.app.app_context(), writing():
        root = db.session.get_one(Group, stage.school)
        head = db.session.get_one(Person, stage.people["head"])
        name = Cupboard(Path(stage.app.config["INSTANCE"]) / "speech", str(stage.app.secret_key)).lay(clip)
        said = Recording.keep(root, head, "hi", SAID, name)
        db.session.flush()
        said.decide(head, "approved")
        said.answered_at = datetime.now(UTC)
        db.session.commit()


def test_a_community_hears_its_own_voice_and_nobody_else_does(stage: Stage) -> None:
    _approve(stage, reencoded(wav(tone(1))))
    head, guest = stage.browser("head"), stage.app.test_client()
    word = next(words for words in rows(guest, "/") if words in rows(head, "/groups"))
    mine = [voice for _words, (_clip, voice, _code) in rows(head, "/groups").items() if voice == "person"]
    assert mine == ["person"], word
    assert "person" not in {voice for _clip, voice, _code in rows(guest, "/").values()}


def test_a_pack_goes_out_and_is_heard_by_everybody_where_it_comes_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _approve(stage, reencoded(wav(tone(1))))
    instance = Path(stage.app.config["INSTANCE"])
    monkeypatch.setenv("INSTANCE", str(instance))
    monkeypatch.setenv("DATABASE_URL", stage.app.config["DATABASE_URL"])
    file = instance / "hindi.zip"
    assert pack.main(["export", "hi", str(file)]) == 0
    with zipfile.ZipFile(file) as written:
        manifest = json.loads(written.read("manifest.json"))
    assert list(manifest["clips"]) == [SAID]
    assert pack.main(["import", str(file)]) == 0
    assert "1 for everybody" in capsys.readouterr().out
    guest = stage.app.test_client()
    heard = {clip for clip, voice, _code in rows(guest, "/").values() if voice == "person"}
    assert len(heard) == 1
    assert loudest(guest.get(heard.pop()).data) > 1000


def _zip(path: Path, manifest: object, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("manifest.json", json.dumps(manifest))
        for name, content in files.items():
            written.writestr(f"{name}.ogg", content)
    return path


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"language": "hi", "version": 2, "clips": {}},
        {"language": "xx", "version": 1, "clips": {}},
        {"language": "../../hi", "version": 1, "clips": {}},
        {"language": "hi", "version": 1, "clips": {"Back": "nowhere.ogg"}},
        {"language": "hi", "version": 1, "clips": {"Back": "junk.ogg"}},
        {"language": "hi", "version": 1, "clips": {"Back": "huge.ogg"}},
        {"language": "hi", "version": 1, "clips": {"Back": "/etc/passwd"}},
        {"language": "hi", "version": 1, "clips": 7},
    ],
)
def test_what_is_no_pack_is_refused_and_changes_nothing(instance: Path, manifest: object) -> None:
    file = _zip(instance / "bad.zip", manifest, junk=b"x" * 100, huge=b"\0" * 300_000)
    with pytest.raises(SystemExit, match="Not done"):
        pack.main(["import", str(file)])
    assert not list(instance.rglob("*.ogg"))
    assert not list(instance.rglob("hi.json"))


@pytest.mark.sqlite_only
def test_a_file_that_is_no_zip_is_refused(instance: Path) -> None:
    (instance / "song.zip").write_bytes(b"not a zip")
    with pytest.raises(SystemExit, match="Not done"):
        pack.main(["import", str(instance / "song.zip")])
