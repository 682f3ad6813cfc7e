"""Why a code is not redeemed, or a batch not changed. Each has a translated text.

What a code's holder is told beyond "no such code" needs the whole code, which can't be guessed.
"""

from datetime import datetime

from limosa.foundation.errors import DomainRefusal


class CodeSymbolError(DomainRefusal):
    """The text has a symbol that occurs in no code."""

    code = "code_symbol"

    def __init__(self, symbol: str) -> None:
        super().__init__()
        self.symbol = symbol


class CodeLengthError(DomainRefusal):
    """The text is shorter or longer than a code."""

    code = "code_length"

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length


class CodeCheckError(DomainRefusal):
    """The check symbol is wrong: something was mistyped."""

    code = "code_check"


class CodeUnknownError(DomainRefusal):
    """There is no such code."""

    code = "code_unknown"


class CodeNotActiveError(DomainRefusal):
    """The code is not active yet."""

    code = "code_not_active"


class CodeUsedByYouError(DomainRefusal):
    """The same person redeemed it, at `used_at`."""

    code = "code_used_by_you"

    def __init__(self, used_at: datetime) -> None:
        super().__init__()
        self.used_at = used_at


class CodeUsedError(DomainRefusal):
    """Somebody else redeemed it."""

    code = "code_used"


class CodeVoidError(DomainRefusal):
    """The code was voided."""

    code = "code_void"


class CodeExpiredError(DomainRefusal):
    """The code's time is over."""

    code = "code_expired"


class BatchNotMadeError(DomainRefusal):
    """The batch's codes are still being made."""

    code = "batch_not_made"


class BatchExportedError(DomainRefusal):
    """The batch was exported before: its codes are known to nobody here."""

    code = "batch_exported"


class BatchNotExportedError(DomainRefusal):
    """Nobody has the batch's codes yet, so none of them is activated."""

    code = "batch_not_exported"


class BatchExpiredError(DomainRefusal):
    """The batch's time is over."""

    code = "batch_expired"


class SerialsNotOfBatchError(DomainRefusal):
    """The serials are not all of this batch, or the last is before the first."""

    code = "serials_not_of_batch"


class BuyerPaymentError(DomainRefusal):
    """The batch is given away, the amount is none, or the reference was used with another one."""

    code = "buyer_payment"


class BatchTermsError(DomainRefusal):
    """What is asked for is no batch: too many codes, no amount, or an end in the past."""

    code = "batch_terms"
