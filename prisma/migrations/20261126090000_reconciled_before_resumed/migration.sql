-- After a restore billing goes on only once the books were compared.
ALTER TABLE "billing_control" ADD COLUMN     "is_restored" BOOLEAN NOT NULL DEFAULT FALSE,
ADD COLUMN     "reconciled_at" TIMESTAMPTZ(3);
