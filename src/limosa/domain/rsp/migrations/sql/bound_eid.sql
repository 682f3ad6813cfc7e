-- An order that an eUICC has downloaded is bound to it. It may change hands only if its terms let any
-- eUICC download it again, or after the eUICC reported that the installation failed.

CREATE FUNCTION rsp_keep_bound_eid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'download order % is bound to another eUICC', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'download_order_bound_eid_stays';
END $$;

CREATE TRIGGER download_order_bound_eid_stays BEFORE UPDATE ON rsp_downloadorder
    FOR EACH ROW
    WHEN (OLD.bound_eid <> '' AND NEW.bound_eid <> '' AND NEW.bound_eid <> OLD.bound_eid
          AND NEW.redownload <> 'any_euicc')
    EXECUTE FUNCTION rsp_keep_bound_eid();
