"""Every no of the business has its words."""

import importlib
import pkgutil

import limosa
from limosa.foundation.errors import DomainRefusal
from limosa.web.wording.refusals import TEXTS, refusal_text


def all_refusals(root: type[DomainRefusal] = DomainRefusal) -> list[type[DomainRefusal]]:
    return [root, *(found for one in root.__subclasses__() for found in all_refusals(one))]


def import_everything() -> None:
    for module in pkgutil.walk_packages(limosa.__path__, "limosa."):
        if ".simulators" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def test_every_refusal_has_a_text_of_its_own() -> None:
    import_everything()
    missing = {
        refusal.__name__: refusal.code
        for refusal in all_refusals()
        if refusal.__module__.startswith("limosa.") and refusal.code not in TEXTS
    }
    assert missing == {}


def test_no_text_is_left_of_a_refusal_that_is_gone() -> None:
    import_everything()
    assert set(TEXTS) == {refusal.code for refusal in all_refusals()} & set(TEXTS)


def test_an_unknown_refusal_still_says_what_to_do() -> None:
    class OddError(DomainRefusal):
        code = "odd"

    assert "Please go back" in refusal_text(OddError())
