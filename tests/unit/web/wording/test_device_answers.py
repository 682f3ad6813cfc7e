"""Whatever a device check says has its sentence."""

from limosa.domain.devices.engine.answers import Look, Reason, Trap
from limosa.web.wording.device_answers import LOOKS, REASONS, TRAPS


def test_every_reason_has_its_sentence() -> None:
    assert set(REASONS) == set(Reason)
    assert all(str(sentence) for sentence in REASONS.values())


def test_every_trap_has_its_sentence() -> None:
    assert set(TRAPS) == set(Trap)
    assert all(str(sentence) for sentence in TRAPS.values())


def test_every_place_to_look_at_has_its_sentence() -> None:
    assert set(LOOKS) == set(Look)
    assert [look for look, sentence in LOOKS.items() if not str(sentence)] == [Look.NONE]
