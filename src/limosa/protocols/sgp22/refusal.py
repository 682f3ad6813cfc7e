"""What a peer is told when it asks for what it may not have."""

from limosa.foundation.errors import RemoteProtocolError
from limosa.protocols.sgp22.status import RspStatus


class RspRefusal(RemoteProtocolError):
    """The peer caused it, nothing was changed, and `status` is the answer.

    `detail` is for our log: it holds no identifier and no part of a message.
    """

    def __init__(self, status: RspStatus, detail: str = "") -> None:
        super().__init__(detail or status.text)
        self.status = status
