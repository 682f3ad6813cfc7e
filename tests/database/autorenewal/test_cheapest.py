"""The cheapest that fits lasts to its end each time: nobody is without data until the next."""

import pytest

from limosa.domain.autorenewal.offering import cheapest_that_fits
from limosa.domain.esims.models import Bundle
from limosa.foundation.volume import GB
from tests.database.advice.test_advice import lived, month
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def test_a_plan_that_would_have_been_used_up_is_not_the_cheapest() -> None:
    own = month("own", 2500, volume_bytes=20 * GB)
    month("small", 500, volume_bytes=5 * GB)
    month("lasting", 2000, volume_bytes=16 * GB)
    esim = lived(own)  # Fifteen gigabytes in each thirty days.
    bundle = Bundle.objects.filter(esim=esim).latest("id")
    assert cheapest_that_fits(esim, bundle=bundle, currency="USD", now=MOMENT) == "lasting"
