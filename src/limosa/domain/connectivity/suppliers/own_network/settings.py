"""The variables of our own network."""

from limosa.foundation.variables import Choice, Declaration, Variable

DECLARATION = Declaration(
    code="own_network",
    title="Our own network",
    implementation="limosa.domain.connectivity.suppliers.own_network.adapter.OwnNetwork",
    variables=(
        Variable(
            "LIMOSA_OWN_NETWORK_PROFILES",
            Choice(("template", "stock")),
            default="template",
            about="where the profiles of new eSIMs come from: `template` makes each to order from "
            "GSMA's generic test profile, for labs, private networks and the demo; `stock` takes "
            "them from what was imported (`limosa smdp profile import`), of the type whose code is "
            "the carrier's, or else of the type `own-network`",
        ),
    ),
)
