-- The counter of our own ICCIDs.

CREATE SEQUENCE connectivity_own_iccid AS bigint START 100001;
