"""Our own network has no account anywhere, so there is nothing to tell."""

from limosa.foundation.variables import Declaration

DECLARATION = Declaration(
    code="own_network",
    title="Our own network",
    implementation="limosa.domain.connectivity.suppliers.own_network.adapter.OwnNetwork",
)
