"""Why an action about payments is refused."""

from datetime import date

from limosa.foundation.errors import DomainRefusal


class DayNotOverError(DomainRefusal):
    """A settlement's day has not ended in the provider's own time zone: its file is incomplete."""

    code = "day_not_over"

    def __init__(self, provider_code: str, day: date, zone: str) -> None:
        super().__init__(f"{day} is not over for {provider_code}, whose days are those of {zone}")
        self.zone = zone
