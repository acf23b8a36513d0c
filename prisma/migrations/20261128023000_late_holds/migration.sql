-- CreateTable
CREATE TABLE "late_hold" (
    "provider" TEXT NOT NULL,
    "transaction" TEXT NOT NULL,
    "charge_id" BIGINT NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "late_hold_pkey" PRIMARY KEY ("provider","transaction")
);

-- AddForeignKey
ALTER TABLE "late_hold" ADD CONSTRAINT "late_hold_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is still to be given back is found among all that ever was.
CREATE INDEX "late_hold_not_ended" ON "late_hold" ("charge_id") WHERE "ended_at" IS NULL;
