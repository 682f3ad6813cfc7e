"""WeChat Pay's control calls under their former paths, until their last caller has moved."""

import json
from dataclasses import replace

from limosa.simulators.loopback_http import Reply, Request, Routes

_POSTED = ("pay",)
_SHOWN = ("statement", "notifications")


def add_former_paths(routes: Routes) -> None:
    """Add /control/pay and its like, which lead to /control/wechatpay/…."""

    def handle(request: Request, _words: dict[str, str]) -> Reply | None:
        target = request.target.replace("/control/", "/control/wechatpay/", 1)
        body = request.body
        if body:
            members = json.loads(body)
            if "out_trade_no" in members:
                members["number"] = members.pop("out_trade_no")
            body = json.dumps(members).encode()
        target = target.replace("?out_trade_no=", "?number=")
        return routes.answer(replace(request, target=target, body=body))

    for name in _POSTED:
        routes.add("POST", f"/control/{name}", handle)
    for name in _SHOWN:
        routes.add("GET", f"/control/{name}", handle)
