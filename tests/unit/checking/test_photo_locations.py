"""Photos that say where they were taken."""

import pytest
from authorsite.checking.photo_locations import check_photo_locations
from authorsite.problems import ProblemLog
from PIL import Image
from PIL.ExifTags import IFD

GPS_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d exif:GPSLatitude="40,6.5N"/></x:xmpmeta>'


def save(path, *, gps=False, **options):
    exif = Image.Exif()
    exif[0x0110] = "A camera"
    if gps:
        exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (40.0, 6.0, 30.0)})
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path, exif=exif, **options)


@pytest.mark.parametrize("name", ["a.jpg", "b.JPEG", "c.png", "d.webp"])
def test_photo_with_a_location_gets_a_notice_with_the_command(tmp_path, name):
    save(tmp_path / "content/images" / name, gps=True)
    log = ProblemLog(root=tmp_path)
    check_photo_locations(tmp_path / "content", log)
    (problem,) = log
    assert str(problem).startswith(f"content/images/{name}: the photo says where it was taken")
    assert str(problem).endswith(f"exiftool -gps:all= -xmp:geotag= content/images/{name}")
    assert not log.failed


def test_location_in_xmp_counts_and_names_are_quoted(tmp_path):
    save(tmp_path / "content/my trip.jpg", xmp=GPS_XMP)
    log = ProblemLog(root=tmp_path)
    check_photo_locations(tmp_path / "content", log)
    assert "'content/my trip.jpg'" in str(next(iter(log)))


def test_other_files_get_none(tmp_path):
    save(tmp_path / "content/plain.jpg")
    (tmp_path / "content/broken.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "content/a.md").write_text("GPS")
    log = ProblemLog(root=tmp_path)
    check_photo_locations(tmp_path / "content", log)
    assert not list(log)
