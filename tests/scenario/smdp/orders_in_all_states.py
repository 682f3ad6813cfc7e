"""Beside the server: makes an order for each answer; prints their matching ids by name."""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import json

import django

django.setup()

from limosa.domain.rsp.engine.order_calls import code_digest
from limosa.domain.rsp.models import DownloadOrder
from tests.factories import MOMENT
from tests.factories.rsp import OTHER_EID, make_download_order, make_profile, make_profile_type


def orders() -> dict[str, DownloadOrder]:
    kept = make_profile_type("kept", is_kept=True)
    return {
        "good": make_download_order(),
        "spare": make_download_order(),
        "soon over": make_download_order(),
        "not released": make_download_order(state="confirmed"),
        "for another": make_download_order(eid=OTHER_EID),
        "kept": make_download_order(profile=make_profile(state="ordered", profile_type=kept)),
        "expired": make_download_order(expires_at=MOMENT),
        "too often": make_download_order(downloads=1, downloads_max=1),
        "with a code": make_download_order(code_digest=code_digest("4711")),
        "to be locked": make_download_order(code_digest=code_digest("4711")),
        "again once deleted": make_download_order(redownload="same_euicc"),
        "locked": make_download_order(code_digest=code_digest("4711"), wrong_codes=10),
    }


if __name__ == "__main__":
    print(json.dumps({name: order.matching_id for name, order in orders().items()}))
