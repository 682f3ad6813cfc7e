-- The sequence from which our own ICCIDs are numbered.

CREATE SEQUENCE connectivity_own_iccid AS bigint START 100001;
