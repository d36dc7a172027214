"""What a page's module imports is fetched at once."""

import re

import pytest
from django.template import Context, Template

from geoserver_app.site.modules import imported_by


def test_imports_of_imports_are_found_once_and_in_other_folders() -> None:
    found = imported_by("report/main.js")
    assert len(found) == len(set(found))
    assert {"report/where.js", "report/ask.js", "map/basemap.js", "map/street_names.js"} <= set(found)
    assert "report/main.js" not in found


def test_a_module_without_imports_needs_nothing() -> None:
    assert imported_by("map/times.js") == ()


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(FileNotFoundError, match=r"no static file map/nowhere\.js"):
        imported_by("map/nowhere.js")


def test_a_page_names_all_before_the_script() -> None:
    page = Template('{% load city %}{% module "map/main.js" %}').render(Context())
    links, script = page.split("<script")
    assert len(re.findall('<link rel="modulepreload" href="[^"]+[.]js">', links)) == len(imported_by("map/main.js"))
    assert script.startswith(' type="module" src="')
