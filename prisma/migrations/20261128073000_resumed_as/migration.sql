-- What billing was resumed with after the last restore, so that a snapshot of the history that was given up then is known
-- for one, although its cluster, timeline and tables are the same.
ALTER TABLE "billing_control" ADD COLUMN     "resumed_as" TEXT;
