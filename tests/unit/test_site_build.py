"""What a build knows from the settings and the environment."""

from types import SimpleNamespace

import pytest
from authorsite.site_build import get_build_time, load_settings


@pytest.mark.parametrize(
    ("environment", "setting", "time"),
    [
        ("2020-02-03", None, "2020-02-03T00:00:00-06:00"),
        ("2020-02-04T03:00+00:00", None, "2020-02-03T21:00:00-06:00"),
        ("2020-02-03", "2019-01-01", "2020-02-03T00:00:00-06:00"),
        ("", "2019-01-01", "2019-01-01T00:00:00-06:00"),
    ],
)
def test_the_date_of_a_build_is_in_the_time_zone_of_the_site(environment, setting, time, tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_DATE", environment)
    settings = {"PATH": str(tmp_path), "TIMEZONE": "America/Chicago", "AUTHORSITE": {"url": "https://example.org"}}
    pelican = SimpleNamespace(settings=settings | {"SITE_DATE": setting})
    load_settings(pelican)
    assert get_build_time(pelican.settings).isoformat() == time
