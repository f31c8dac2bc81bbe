"""Our own YAML is read as Python reads a module: once, and then as bytecode that belongs to this very file."""

import os
from datetime import date
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import pytest
from ruamel.yaml import YAML

from breakeven import shipped as room
from breakeven.shipped import content_of, keep_bytecode, shipped

HOME = Path(room.__file__).parent
FILES = sorted(each.relative_to(HOME).as_posix() for each in HOME.rglob("*.yaml"))


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed, with bytecode kept as it is by default."""
    seen: list[str] = []
    parse = room.Compiled.source_to_code

    def noted(data, path, **named):
        seen.append(Path(path).name)
        return parse(data, path, **named)

    monkeypatch.setattr(room.Compiled, "source_to_code", staticmethod(noted))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    return seen


@pytest.mark.parametrize("path", FILES)
def test_a_shipped_file_holds_what_its_yaml_says(path):
    assert repr(shipped(path)) == repr(YAML(typ="safe", pure=True).load((HOME / path).read_text("utf-8")))


def test_a_file_is_parsed_once_and_again_when_it_was_changed(tmp_path, readings):
    file = tmp_path / "fact.yaml"
    file.write_text("checked: 2026-11-21\nlimit: .inf\n", "utf-8")
    first, second = content_of(file), content_of(file)
    assert first == second == {"checked": date(2026, 11, 21), "limit": float("inf")}
    assert len(readings) == 1
    file.write_text("checked: 2026-11-22\nlimit: .inf\n", "utf-8")
    os.utime(file, (2e9, 2e9))
    assert content_of(file)["checked"] == date(2026, 11, 22)


def test_a_module_of_the_same_name_has_other_bytecode(tmp_path, readings):
    file = tmp_path / "fact.yaml"
    file.write_text("a: 1\n", "utf-8")
    content_of(file)
    assert [each.name.split(".cpython")[0] for each in (tmp_path / "__pycache__").iterdir()] == ["fact.yaml"]


def test_an_installation_keeps_bytecode_where_the_environment_keeps_none(tmp_path, readings, monkeypatch):
    (tmp_path / "fact.yaml").write_text("a: 1\n", "utf-8")
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.setattr(room, "files", lambda _: tmp_path)
    keep_bytecode()
    assert (tmp_path / "__pycache__").is_dir()


def test_where_nothing_can_be_kept_it_is_parsed(tmp_path, readings):
    file = tmp_path / "fact.yaml"
    file.write_text("a: 1\n", "utf-8")
    (tmp_path / "__pycache__").write_text("not a folder", "utf-8")
    assert content_of(file) == content_of(file) == {"a": 1}
    assert len(readings) == 2


def test_a_change_of_the_same_size_in_the_same_tick_is_seen(tmp_path, readings):
    file = tmp_path / "fact.yaml"
    for price in (1, 2):
        file.write_text(f"price: {price}\n", "utf-8")
        os.utime(file, (2e9, 2e9))
        assert content_of(file) == {"price": price}


def test_what_lies_in_an_archive_is_read_from_there(tmp_path):
    with ZipFile(tmp_path / "packed.zip", "w") as packed:
        packed.writestr("facts/fact.yaml", "checked: 2026-11-21\n")
    assert content_of(ZipPath(tmp_path / "packed.zip", "facts/fact.yaml")) == {"checked": date(2026, 11, 21)}
