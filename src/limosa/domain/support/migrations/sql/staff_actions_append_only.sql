-- The record of what the staff did is never changed.

CREATE FUNCTION support_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of staff actions is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_action_append_only';
END $$;

CREATE TRIGGER staff_action_append_only BEFORE UPDATE OR DELETE ON support_staffaction
    FOR EACH STATEMENT EXECUTE FUNCTION support_refuse_change();
