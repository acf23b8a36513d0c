-- When a suspension ended: who owed meanwhile could restore nothing, and has their days of restoring from then on.
ALTER TABLE "account" ADD COLUMN     "resumed_at" TIMESTAMPTZ(3);
