-- Consents are append-only: no UPDATE, DELETE or TRUNCATE. A withdrawal is another row.

CREATE FUNCTION autorenewal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a consent stays as it was given'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_append_only';
END $$;

CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON autorenewal_consent
    FOR EACH STATEMENT EXECUTE FUNCTION autorenewal_refuse_change();
CREATE TRIGGER consent_kept BEFORE TRUNCATE ON autorenewal_consent
    FOR EACH STATEMENT EXECUTE FUNCTION autorenewal_refuse_change();
