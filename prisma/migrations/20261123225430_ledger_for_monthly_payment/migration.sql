-- DropForeignKey
ALTER TABLE "monthly_payment" DROP CONSTRAINT "monthly_payment_account_id_fkey";

-- DropTable
DROP TABLE "monthly_payment";

-- DropEnum
DROP TYPE "payment_state";
