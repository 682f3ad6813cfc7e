-- Account numbers of profiles that we make: their ICCIDs and IMSIs come from them.

CREATE SEQUENCE rsp_account MINVALUE 1;
