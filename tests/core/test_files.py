"""Files that are there whole or not at all."""

import stat

import pytest

from assay.core.files import write_whole, written


def test_what_was_there_stays_where_writing_fails(tmp_path):
    place = tmp_path / "kept.txt"
    write_whole(place, "before\r\n")
    with pytest.raises(FileNotFoundError), written(place) as fresh:
        fresh.write_text("half") and (tmp_path / "no" / "file").read_text()
    assert place.read_bytes() == b"before\r\n"
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path):
    place, link = tmp_path / "script.py", tmp_path / "link.py"
    write_whole(place, "before")
    place.chmod(0o750)
    link.symlink_to(place)
    write_whole(link, "after")
    assert link.is_symlink()
    assert place.read_text() == "after"
    assert stat.S_IMODE(place.stat().st_mode) == 0o750


def test_folders_on_the_way_are_made(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c.txt", "text")
    assert (tmp_path / "a" / "b" / "c.txt").read_text() == "text"
