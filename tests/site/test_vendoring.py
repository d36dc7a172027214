from pathlib import Path

from geoserver_app.site import vendoring


def test_every_vendored_file_is_as_the_manifest_says() -> None:
    assert vendoring.differences(vendoring.VENDOR) == []


def test_the_manifest_names_package_version_and_licence_of_each_file() -> None:
    for one in vendoring.manifest(vendoring.VENDOR):
        assert one.package and one.version[0].isdigit() and one.license
        assert (vendoring.VENDOR / one.file).stat().st_size == one.bytes


def test_every_package_brings_its_licence_text() -> None:
    there = {one.file for one in vendoring.manifest(vendoring.VENDOR)}
    assert {f"{folder}/LICENSE.txt" for folder, _ in vendoring.WANTED.values()} <= there


def test_no_vendored_script_asks_for_a_source_map() -> None:
    scripts = [path for path in vendoring.VENDOR.rglob("*") if path.suffix in {".js", ".css"}]
    assert [path.name for path in scripts if b"sourceMappingURL" in path.read_bytes()] == []


def test_a_changed_a_missing_and_an_unlisted_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    (tmp_path / "new.js").write_text("2")
    (tmp_path / "manifest.json").write_text(
        '[{"file": "a.js", "package": "p", "version": "1", "license": "MIT", "bytes": 1, "integrity": "sha384-x"},'
        ' {"file": "b.js", "package": "p", "version": "1", "license": "MIT", "bytes": 1, "integrity": "sha384-x"}]'
    )
    assert vendoring.differences(tmp_path) == ["missing: b.js", "not in the manifest: new.js", "changed: a.js"]
