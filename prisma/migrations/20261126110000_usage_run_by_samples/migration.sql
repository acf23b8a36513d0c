-- What a run still has to do is what has no sample of the day.
ALTER TABLE "usage_run" DROP COLUMN "last_account_id";
