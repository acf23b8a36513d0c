-- AlterEnum
ALTER TYPE "notice_type" ADD VALUE 'instance_bound';
