"""Our own network: profiles are made here, and served from the same database at once.

ICCIDs are counted by a database sequence, so that none is given twice.
"""

from django.conf import settings
from django.db import connection
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.port import ProvisionedEsim, SupplierPlan, SupplierUsage
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.foundation.identifiers import activation_code, make_iccid, random_code

# Country code 1 and a number that no real issuer has (ITU-T E.118 list): ours alone.
_ISSUER = "01999"


class OwnNetwork:
    """The built-in supplier."""

    serves_at_once = True

    def list_plans(self) -> list[SupplierPlan]:
        """Return the plans of the catalogue that are ours; they cost us nothing per piece."""
        plans = Plan.objects.filter(supplier_id="own_network").order_by("position")
        return [
            SupplierPlan(
                code=plan.code, volume_bytes=plan.volume_bytes, cost_minor=0, currency="USD"
            )
            for plan in plans
        ]

    def provision(self, *, order_number: str, plan_code: str) -> ProvisionedEsim:
        """Return a new profile. Called inside the order's transaction, so once per order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('connectivity_own_iccid')")
            (account,) = cursor.fetchone()
        matching_id = "-".join(random_code(5) for _ in range(4))
        return ProvisionedEsim(
            iccid=make_iccid(issuer=_ISSUER, account=account),
            activation_code=activation_code(
                smdp_address=settings.SMDP_ADDRESS, matching_id=matching_id
            ),
        )

    def top_up(self, *, order_number: str, iccid: str, plan_code: str) -> None:
        """Nothing to tell: the bundle itself is what our network reads."""

    def usage(self, *, iccid: str) -> SupplierUsage:
        """Return the bytes counted on an eSIM's bundles."""
        used = Bundle.objects.filter(esim__iccid=iccid).values_list("used_bytes", flat=True)
        return SupplierUsage(used_bytes=sum(used), as_of=timezone.now())

    def suspend(self, *, iccid: str) -> None:
        """Stop service: our network serves no deleted eSIM."""
        Esim.objects.filter(iccid=iccid).update(state=EsimState.DELETED)

    def cancel(self, *, order_number: str) -> None:
        """Nothing to tell: a refunded bundle is not read any more."""
