-- CreateEnum
CREATE TYPE "charge_reason" AS ENUM ('base', 'storage');

-- CreateEnum
CREATE TYPE "ledger_state" AS ENUM ('planned', 'authorised', 'captured', 'cancelled', 'failed', 'unknown');

-- CreateEnum
CREATE TYPE "credit_kind" AS ENUM ('grant', 'refund', 'purchase', 'purchase_returned', 'spent', 'given_back');

-- AlterTable
ALTER TABLE "notice" ADD COLUMN     "condition" TEXT,
ADD COLUMN     "emailed_at" TIMESTAMPTZ(3),
ADD COLUMN     "withdrawn_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "billing_account" (
    "account_id" UUID NOT NULL,
    "plan" TEXT NOT NULL,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "had_trial" BOOLEAN NOT NULL,
    "grace_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_account_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "billing_period" (
    "account_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "opens_at" TIMESTAMPTZ(3) NOT NULL,
    "closes_at" TIMESTAMPTZ(3) NOT NULL,
    "plan" TEXT NOT NULL,
    "base_credits" BIGINT NOT NULL,
    "included_gb" INTEGER NOT NULL,
    "further_gb_credits" BIGINT NOT NULL,
    "grace_days" INTEGER NOT NULL,
    "restore_days" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_period_pkey" PRIMARY KEY ("account_id","number")
);

-- CreateTable
CREATE TABLE "charge" (
    "id" BIGSERIAL NOT NULL,
    "account_id" UUID NOT NULL,
    "period" INTEGER NOT NULL,
    "reason" "charge_reason" NOT NULL,
    "amount" BIGINT NOT NULL,
    "wording" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "id" BIGSERIAL NOT NULL,
    "charge_id" BIGINT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "state" "ledger_state" NOT NULL,
    "provider" TEXT NOT NULL,
    "kept_part" BIGINT NOT NULL,
    "provider_part" BIGINT NOT NULL,
    "transaction" TEXT,
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_entry" (
    "id" BIGSERIAL NOT NULL,
    "account_id" UUID NOT NULL,
    "kind" "credit_kind" NOT NULL,
    "amount" BIGINT NOT NULL,
    "reference" TEXT NOT NULL,
    "reason" TEXT,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stripe_event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "applied" BOOLEAN NOT NULL,
    "note" TEXT,
    "body" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stripe_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_sample" (
    "account_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "current_bytes" BIGINT NOT NULL,
    "current_objects" BIGINT NOT NULL,
    "old_bytes" BIGINT NOT NULL,
    "old_objects" BIGINT NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "uploads" BIGINT NOT NULL,
    "sampled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_sample_pkey" PRIMARY KEY ("account_id","day")
);

-- CreateTable
CREATE TABLE "usage_run" (
    "day" DATE NOT NULL,
    "last_account_id" UUID,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_run_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "billing_control" (
    "id" INTEGER NOT NULL,
    "paused_reason" TEXT,
    "database_fingerprint" TEXT,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_control_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "charge_account_id_period_reason_key" ON "charge"("account_id", "period", "reason");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_charge_id_attempt_sequence_key" ON "ledger_entry"("charge_id", "attempt", "sequence");

-- CreateIndex
CREATE INDEX "credit_entry_account_id_id_idx" ON "credit_entry"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_entry_kind_reference_key" ON "credit_entry"("kind", "reference");

-- CreateIndex
CREATE INDEX "stripe_event_applied_received_at_idx" ON "stripe_event"("applied", "received_at");

-- AddForeignKey
ALTER TABLE "billing_account" ADD CONSTRAINT "billing_account_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_period" ADD CONSTRAINT "billing_period_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "billing_account"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charge" ADD CONSTRAINT "charge_account_id_period_fkey" FOREIGN KEY ("account_id", "period") REFERENCES "billing_period"("account_id", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_entry" ADD CONSTRAINT "credit_entry_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_sample" ADD CONSTRAINT "usage_sample_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is owed and what was moved is written once. Corrections are new rows.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: rows are neither changed nor deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON "billing_period" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON "charge" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entry" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON "credit_entry" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE "billing_period"
    ADD CONSTRAINT "billing_period_lasts" CHECK ("opens_at" < "closes_at" AND "number" >= 0),
    ADD CONSTRAINT "billing_period_prices" CHECK ("base_credits" >= 0 AND "included_gb" >= 0 AND "further_gb_credits" >= 0);
ALTER TABLE "charge" ADD CONSTRAINT "charge_amount" CHECK ("amount" > 0);
ALTER TABLE "credit_entry" ADD CONSTRAINT "credit_entry_amount" CHECK (
    ("kind" IN ('grant', 'refund', 'purchase', 'given_back') AND "amount" > 0)
    OR ("kind" IN ('spent', 'purchase_returned') AND "amount" < 0));
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_parts" CHECK (
    "kept_part" >= 0 AND "provider_part" >= 0 AND "kept_part" + "provider_part" > 0);
ALTER TABLE "billing_control" ADD CONSTRAINT "billing_control_one_row" CHECK ("id" = 1);

-- A notice of a condition is told once while the condition lasts.
CREATE UNIQUE INDEX "notice_condition_lasts" ON "notice" ("account_id", "condition")
    WHERE "condition" IS NOT NULL AND "withdrawn_at" IS NULL;

-- At most one attempt of a charge is open or captured: an attempt is planned only after the one before it has
-- certainly failed or been cancelled, and goes on only along these ways. The lock makes two brokers take turns.
CREATE FUNCTION keep_ledger_order() RETURNS trigger LANGUAGE plpgsql AS $$
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
        RETURN NEW;
    END IF;
    IF last."id" IS NULL OR NEW."attempt" <> last."attempt" OR NEW."sequence" <> last."sequence" + 1
        OR NEW."kept_part" <> last."kept_part" OR NEW."provider_part" <> last."provider_part"
        OR NOT (CASE last."state"
            WHEN 'planned' THEN NEW."state" IN ('authorised', 'failed', 'unknown')
            WHEN 'authorised' THEN NEW."state" IN ('captured', 'cancelled', 'unknown')
            WHEN 'unknown' THEN NEW."state" IN ('authorised', 'captured', 'cancelled', 'failed')
            ELSE FALSE
        END) THEN
        RAISE EXCEPTION 'charge %: % cannot follow %', NEW."charge_id", NEW."state", last."state"
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ledger_order BEFORE INSERT ON "ledger_entry" FOR EACH ROW EXECUTE FUNCTION keep_ledger_order();
