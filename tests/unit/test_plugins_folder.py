"""plugins/ as Airflow reads it: it would import every file that .airflowignore does not name, each as a top-level module."""

import pytest
from airflow.sdk._shared.module_loading import find_path_from_directory

from tests.support.parts import ROOT


@pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")
def test_airflow_imports_the_entry_points_by_themselves_and_no_file_of_the_package() -> None:
    found = find_path_from_directory(str(ROOT / "plugins"), ".airflowignore", "glob")
    assert sorted(found) == [
        str(ROOT / "plugins" / name) for name in ("reverse_sync_listener.py", "reverse_sync_page.py")
    ]
