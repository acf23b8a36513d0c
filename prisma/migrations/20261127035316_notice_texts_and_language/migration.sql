-- AlterTable
ALTER TABLE "account" ADD COLUMN     "language" TEXT;

-- AlterTable
ALTER TABLE "notice" ADD COLUMN     "text" JSONB;
