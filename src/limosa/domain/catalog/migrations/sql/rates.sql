-- A price keeps its rates, so that lists are ordered by index: whoever writes a price or changes its
-- plan, the rates follow in the same statement. The rule is that of engine/rates.py.

CREATE FUNCTION catalog_rates_of_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT LEAST(
               div(NEW.amount_minor * 1000::numeric * 1000000000,
                   COALESCE(plan.volume_bytes, plan.fair_use_bytes)),
               9223372036854775807),
           div(NEW.amount_minor * 1000::numeric,
               plan.validity_count * CASE plan.validity_unit WHEN 'month' THEN 30 ELSE 1 END)
      INTO NEW.rate_per_gb, NEW.rate_per_day
      FROM catalog_plan AS plan WHERE plan.code = NEW.plan_id;
    RETURN NEW;
END $$;

CREATE TRIGGER catalog_rates BEFORE INSERT OR UPDATE ON catalog_price
    FOR EACH ROW EXECUTE FUNCTION catalog_rates_of_price();

CREATE FUNCTION catalog_rates_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_price SET amount_minor = amount_minor WHERE plan_id = NEW.code;
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_rates
    AFTER UPDATE OF volume_bytes, fair_use_bytes, validity_count, validity_unit
    ON catalog_plan FOR EACH ROW
    WHEN ((OLD.volume_bytes, OLD.fair_use_bytes, OLD.validity_count, OLD.validity_unit)
        IS DISTINCT FROM
        (NEW.volume_bytes, NEW.fair_use_bytes, NEW.validity_count, NEW.validity_unit))
    EXECUTE FUNCTION catalog_rates_of_plan();
