-- AlterTable
ALTER TABLE "notice" ADD COLUMN     "email_tries" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "balance_reading" (
    "account_id" UUID NOT NULL,
    "held" BIGINT NOT NULL,
    "captured" BIGINT NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "balance_reading_pkey" PRIMARY KEY ("account_id")
);

-- AddForeignKey
ALTER TABLE "balance_reading" ADD CONSTRAINT "balance_reading_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is still to be mailed.
CREATE INDEX "notice_to_mail" ON "notice" ("id") WHERE "emailed_at" IS NULL AND "withdrawn_at" IS NULL;
