"""The demo's folder is its own: what other checkouts left is nobody's business."""

import os
from pathlib import Path

import pytest

from limosa.config import demo_folder


@pytest.mark.parametrize("user", [0, 1000])
def test_what_another_checkout_left_is_neither_touched_nor_mentioned(
    user: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shared, checkout = tmp_path / "shared", tmp_path / "checkout"
    left = shared / "demo-0123456789" / "database"
    for made in (left, checkout):
        made.mkdir(parents=True)
    before = sorted(shared.rglob("*"))
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(demo_folder, "SHARED_FOLDER", shared)
    monkeypatch.setattr(demo_folder, "is_reachable", lambda _: False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    folder = demo_folder.default_folder()
    assert folder.parent == (shared if user == 0 else checkout / ".limosa")
    with demo_folder.prepare_folder(folder):
        demo_folder.reset_folder(folder)
    assert set(before) <= set(shared.rglob("*"))
    assert folder not in before
    assert (*capsys.readouterr(), caplog.text) == ("", "", "")
