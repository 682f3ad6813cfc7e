-- Readings are append-only: no UPDATE, DELETE or TRUNCATE.

CREATE FUNCTION charging_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of readings is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_reading_append_only';
END $$;

CREATE TRIGGER usage_reading_append_only BEFORE UPDATE OR DELETE ON charging_usagereading
    FOR EACH STATEMENT EXECUTE FUNCTION charging_refuse_change();
CREATE TRIGGER usage_reading_kept BEFORE TRUNCATE ON charging_usagereading
    FOR EACH STATEMENT EXECUTE FUNCTION charging_refuse_change();
