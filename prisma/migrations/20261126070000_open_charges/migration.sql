-- CreateTable
CREATE TABLE "open_charge" (
    "charge_id" BIGINT NOT NULL,

    CONSTRAINT "open_charge_pkey" PRIMARY KEY ("charge_id")
);

-- AddForeignKey
ALTER TABLE "open_charge" ADD CONSTRAINT "open_charge_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- As before, and: doubt may be written down again with what was learned of it, so that whoever reads it knows whether
-- the money was ever asked for. The list of open charges is kept here, where no writer can forget it.
CREATE OR REPLACE FUNCTION keep_ledger_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last "ledger_entry"%ROWTYPE;
    owed BIGINT;
BEGIN
    SELECT "amount" INTO owed FROM "charge" WHERE "id" = NEW."charge_id" FOR UPDATE;
    SELECT * INTO last FROM "ledger_entry" WHERE "charge_id" = NEW."charge_id"
        ORDER BY "attempt" DESC, "sequence" DESC LIMIT 1;
    IF NEW."kept_part" + NEW."provider_part" <> owed THEN
        RAISE EXCEPTION 'an attempt collects its charge, no more and no less' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW."state" = 'planned' THEN
        IF NEW."sequence" <> 1 OR NEW."attempt" <> COALESCE(last."attempt", 0) + 1
            OR (last."id" IS NOT NULL AND last."state" NOT IN ('failed', 'cancelled')) THEN
            RAISE EXCEPTION 'charge % has an attempt that is open or captured', NEW."charge_id"
                USING ERRCODE = 'unique_violation';
        END IF;
        INSERT INTO "open_charge" ("charge_id") VALUES (NEW."charge_id") ON CONFLICT DO NOTHING;
        RETURN NEW;
    END IF;
    IF last."id" IS NULL OR NEW."attempt" <> last."attempt" OR NEW."sequence" <> last."sequence" + 1
        OR NEW."kept_part" <> last."kept_part" OR NEW."provider_part" <> last."provider_part"
        OR NEW."provider" <> last."provider"
        OR NOT (CASE last."state"
            WHEN 'planned' THEN NEW."state" IN ('authorised', 'failed', 'unknown')
            WHEN 'authorised' THEN NEW."state" IN ('captured', 'cancelled', 'unknown')
            WHEN 'unknown' THEN NEW."state" IN ('unknown', 'authorised', 'captured', 'cancelled', 'failed')
            ELSE FALSE
        END) THEN
        RAISE EXCEPTION 'charge %: % cannot follow %', NEW."charge_id", NEW."state", last."state"
            USING ERRCODE = 'unique_violation';
    END IF;
    IF NEW."state" IN ('captured', 'cancelled', 'failed') THEN
        DELETE FROM "open_charge" WHERE "charge_id" = NEW."charge_id";
    END IF;
    RETURN NEW;
END
$$;

INSERT INTO "open_charge" ("charge_id")
SELECT "charge_id" FROM (
    SELECT DISTINCT ON ("charge_id") "charge_id", "state" FROM "ledger_entry"
    ORDER BY "charge_id", "attempt" DESC, "sequence" DESC) last
WHERE "state" IN ('planned', 'authorised', 'unknown');
