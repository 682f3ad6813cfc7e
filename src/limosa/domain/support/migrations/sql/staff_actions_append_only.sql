-- The audit log is append-only: no UPDATE, DELETE or TRUNCATE.

CREATE FUNCTION support_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of staff actions is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON support_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION support_refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE TRUNCATE ON support_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION support_refuse_change();
