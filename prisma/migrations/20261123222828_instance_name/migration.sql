-- AlterTable
ALTER TABLE "instance" ADD COLUMN     "name" TEXT;
