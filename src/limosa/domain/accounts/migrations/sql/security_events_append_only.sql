-- Security events are append-only: no UPDATE, DELETE or TRUNCATE.

CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of security events is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'security_event_append_only';
END $$;

CREATE TRIGGER security_event_append_only BEFORE UPDATE OR DELETE ON accounts_securityevent
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER security_event_kept BEFORE TRUNCATE ON accounts_securityevent
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
