-- An operator let billing run although Redis does not tell; every process of the broker goes by it.
ALTER TABLE "billing_control" ADD COLUMN     "witness_waived" BOOLEAN NOT NULL DEFAULT false;
