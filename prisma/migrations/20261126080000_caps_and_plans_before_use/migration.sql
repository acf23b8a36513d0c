-- The storage cap is copied into a month as its prices are.
ALTER TABLE "billing_period" ADD COLUMN     "storage_cap_gb" INTEGER;
ALTER TABLE "billing_period" ADD CONSTRAINT "billing_period_cap" CHECK ("storage_cap_gb" > 0);

-- An account may be given a plan before its first use: its months begin with that, not with the plan.
ALTER TABLE "billing_account" ALTER COLUMN "anchor_at" DROP NOT NULL;
