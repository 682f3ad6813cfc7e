"""Our own network needs no account anywhere, so it has no variables."""

from limosa.foundation.variables import Declaration

DECLARATION = Declaration(
    code="own_network",
    title="Our own network",
    implementation="limosa.domain.connectivity.suppliers.own_network.adapter.OwnNetwork",
)
