"""pyarrow may be absent: one module imports it, and none imports that one."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "limosa"


def files_with(pattern: str) -> list[str]:
    return sorted(
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if re.search(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_one_module_imports_pyarrow() -> None:
    assert files_with(r"^\s*(import|from) pyarrow") == ["web/console/parquet_files.py"]


def test_that_module_is_imported_only_when_a_file_is_wanted() -> None:
    assert files_with(r"^\s*(import|from) .*parquet_files") == []
    assert files_with(r"import_module\(.*parquet_files") == ["web/console/views/exports.py"]
